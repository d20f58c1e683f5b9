"""One browser for the journeys of a run, and what a failed journey leaves for people."""
