"""Faults of the network: ports."""
