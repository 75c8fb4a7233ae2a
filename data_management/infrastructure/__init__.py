"""Adapters: storage, files, contracts, the quality engine."""
