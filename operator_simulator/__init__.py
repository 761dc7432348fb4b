"""Independent operators to try backends against: a process of its own that imports nothing of ours."""
