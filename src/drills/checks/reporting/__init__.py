"""What a run of checks says, and to whom: people, other programs, a chat channel."""
