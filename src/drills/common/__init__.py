"""What every part of the engine may use, and what uses no part of it: waiting, files, redaction, words, packages."""
