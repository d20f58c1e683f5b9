"""Documents of an incident, from one file of lines: who is told what, when, and what follows."""
