"""Operators' wallets, one module a protocol. An adapter here sees `ports` only."""
