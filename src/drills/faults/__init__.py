"""The catalogue: faults that any system can have, in one package for each layer of the system that they break.

The name of a fault is that of its class and of its module. What differs from system to system (a role, a release, a
setting, a table) is an argument of its constructor; services, ports, database and user come from the descriptor.
"""
