"""The conformance kit: does a backend keep the promises of `ports.wallet`? It is tried, against an operator."""
