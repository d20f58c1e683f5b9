"""The exporter: how much of its limit each container uses, how full the engine's disk and Redis' own memory are."""
