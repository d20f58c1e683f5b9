"""The record of a drill: its events, their one writer and one reader, and the only place where a verdict is made."""
