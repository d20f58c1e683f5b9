"""Health: every service, and each dependency seen from its own side."""
