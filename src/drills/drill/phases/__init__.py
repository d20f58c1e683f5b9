"""The phases of an arm, each a function over its run, and what several of them record or wait for."""
