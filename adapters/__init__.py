"""What acts: HTTP, wallets, stores, the operating system. Each adapter fulfils a port, or drives the core."""
