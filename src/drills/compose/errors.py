"""Why a compose project cannot be used."""


class ComposeError(ValueError):
    """A project that Compose refuses, or a machine without Compose; the text is Compose's own sentence, or ours."""
