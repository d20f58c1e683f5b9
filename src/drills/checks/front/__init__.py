"""Checks of the front door as a whole: its name, its certificate, the versions of TLS that it speaks."""
