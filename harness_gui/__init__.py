"""The desktop harness: QA spins, forces outcomes, breaks wallets and keeps the evidence."""
