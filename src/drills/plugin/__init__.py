"""The pytest plugin: options, fixtures, markers, parallel runs; pytest loads it by its entry point `drills`."""
