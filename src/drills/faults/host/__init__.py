"""Faults of the machine below the containers: its disk."""
