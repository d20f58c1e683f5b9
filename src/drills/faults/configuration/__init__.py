"""Faults of what a system is configured with: the project's files, and the settings in `.env`."""
