"""Health of parts that any system may have, each asked directly."""
