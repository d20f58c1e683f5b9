"""One browser for the journeys of a run, and the evidence that a failed journey leaves."""
