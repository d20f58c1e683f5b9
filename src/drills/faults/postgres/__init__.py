"""Faults of a Postgres database: sessions that hold locks."""
