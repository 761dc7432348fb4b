"""The outside contract over HTTP, with Flask: one module an audience."""
