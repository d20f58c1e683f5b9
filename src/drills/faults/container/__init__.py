"""Faults of a container: its process, and the limits that it was created with."""
