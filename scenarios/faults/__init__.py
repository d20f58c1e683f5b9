"""Native ways to break the stack; each is cured by the documented command and by nothing else."""
