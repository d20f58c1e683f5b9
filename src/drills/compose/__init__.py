"""A compose project as Compose itself reads it, and what of a stack's descriptor follows from it."""
