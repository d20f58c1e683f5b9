"""Tests of the suite's own code."""
