"""Modules that every part of the engine may use and that use no part of it: waiting, files, redaction, packages."""
