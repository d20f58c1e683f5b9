"""The Grafana dashboards that the runbook names, made from the runbook and from the stack's descriptor."""
