"""Journeys: what a student does in a browser, click by click."""
