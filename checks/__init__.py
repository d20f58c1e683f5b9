"""Where a system's parts are, the probes that read them, and the checks built on both."""
