"""Slots, fast: the very tables of the served game as arrays, and a compiled reader of them."""
