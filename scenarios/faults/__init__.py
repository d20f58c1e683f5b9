"""Faults that only this system can have: they need its API, its files, its releases or its settings.

One module for one fault, named like its class and like the runbook's cause. Each is ended by the documented command and
by nothing else. Faults that any system can have are in `drills.faults`; where one of them needs something of this
system first, a subclass of the same name does that here.
"""
