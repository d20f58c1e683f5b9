"""Smoke: what students and their programs ask of the system, once each, refusals included."""
