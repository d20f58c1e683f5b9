"""Checks of the endpoints that a target declares, and of those in its OpenAPI document."""
