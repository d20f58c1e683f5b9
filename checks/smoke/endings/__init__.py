"""What must have ended (files, keys, locks, sessions), and what must last: no accepted upload disappears."""
