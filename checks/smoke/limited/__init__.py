"""Limits by their effect: what passes, what is refused, for whom, and until when."""
