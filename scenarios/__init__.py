"""The drills: one module per incident, one test per cause."""
