"""What a drill sees of the system: through Prometheus all the time, and past it."""
