"""Faults of a Redis server: its memory, and its process."""
