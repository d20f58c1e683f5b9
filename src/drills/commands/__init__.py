"""The commands of `drills`, one module a command."""
