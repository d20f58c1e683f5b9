"""The list of unusual inputs, and that each is held by a test."""
