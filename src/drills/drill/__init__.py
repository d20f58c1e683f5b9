"""Run a drill, from the steady state over the fault and the documented commands to a verdict, without pytest."""
