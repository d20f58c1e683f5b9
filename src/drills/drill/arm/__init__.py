"""One arm of a drill while it runs: its parts, its limits, what was chosen for it, and the listeners to it."""
