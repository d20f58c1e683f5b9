"""Try the sandbox on a host with control groups of version 2: Debian under qemu, on machines of version 1."""
