"""Read alert rules of Prometheus by their tree, and say whether one says what the runbook says."""
