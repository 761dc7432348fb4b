"""Where rounds and sessions are kept. An adapter here sees `ports` only."""
