"""Check the health of parts that any system may have, each of them directly."""
