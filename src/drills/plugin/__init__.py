"""What pytest sees of the drills: options, fixtures, markers, parallel runs; loaded by its entry point `drills`."""
