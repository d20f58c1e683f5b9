"""Each replica, and not the pool of them: as many as are configured, and every one of them works."""
