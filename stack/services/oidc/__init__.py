"""A small OpenID Connect provider: it stands where accounts.google.com stands for the real system."""
