"""Faults that arrive with a release."""
