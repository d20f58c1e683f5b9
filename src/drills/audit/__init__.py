"""Audits of rules, documents, dashboards and a compose project: what is wrong in them although nothing fails."""
