"""Mutants that nobody chose: small changes in a system's files, tried one after the other against its checks."""
