"""The services of the reference stack. They run inside its images, one container each, and share `common`."""
