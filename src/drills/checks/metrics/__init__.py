"""Check the key metrics of the runbook: each value against its target."""
