"""Why an audit cannot begin."""


class AuditError(ValueError):
    """Something that was given and cannot be used; the text is one sentence with its file."""
