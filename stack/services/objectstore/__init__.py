"""The object store: an S3 server that keeps its objects on disk."""
