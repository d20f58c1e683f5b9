"""A drill: from the steady state over the fault and the documented commands to a verdict; knows no test framework."""
