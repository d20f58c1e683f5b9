"""Run a stack in a container with a Docker engine of its own: everything that a drill breaks is inside."""
