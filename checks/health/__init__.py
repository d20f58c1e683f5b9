"""Health of what only this system has: its services and the metrics that they promise."""
