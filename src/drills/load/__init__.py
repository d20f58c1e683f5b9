"""Load on a system: an open model, in a process of its own, with a ledger of every request and its outcome."""
