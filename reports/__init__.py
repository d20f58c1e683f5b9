"""What this system's reports are made of, beside the engine's own."""
