"""The options, fixtures and markers of checks and drills come from the engine's pytest plugin, `drills.plugin`."""
