"""Traffic: what students do to the system, at which rate, and what they were promised in return."""
