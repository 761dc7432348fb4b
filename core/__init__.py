"""Decisions: the round, its draws, the maths of a game. Ports and the standard library only; no I/O in here."""
