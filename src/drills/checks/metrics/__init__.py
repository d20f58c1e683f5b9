"""Key metrics: the figures of the runbook's table, where they stand and where they should."""
