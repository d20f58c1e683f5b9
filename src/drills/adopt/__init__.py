"""Adopt a compose project: derive what it tells, guess what its runbook could be held to, and write a small suite."""
