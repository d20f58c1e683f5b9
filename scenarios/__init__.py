"""The drills of this system: one module for each incident of the runbook, one test for each cause."""
