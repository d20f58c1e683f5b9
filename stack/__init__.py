"""The system under drill: a disposable sandbox, and the reference stack that runs inside it."""
