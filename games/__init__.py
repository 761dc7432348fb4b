"""Games: one module, one game; a new one is found by being here. A game imports `core` and `ports` only."""
