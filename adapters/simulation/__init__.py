"""Fast simulation of the games, from the same tables that the served game reads."""
