"""Audits of a system's rules, documents, dashboards and compose project: what is wrong in them although nothing fails."""
