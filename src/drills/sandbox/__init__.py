"""A stack in a container with an engine of its own: everything a drill breaks is inside."""
