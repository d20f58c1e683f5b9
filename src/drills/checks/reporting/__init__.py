"""Report a run of checks at the terminal, in files for other programs, and to a chat channel."""
