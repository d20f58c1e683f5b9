"""What a run of checks says to people, to other programs and to a chat channel."""
