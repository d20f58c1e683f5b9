"""What goes wrong below a drill, in words for the person who has to mend it."""


class SandboxError(RuntimeError):
    """The engine, an image, the sandbox or the stack is not usable; the text is one clear sentence."""


class EngineMissingError(SandboxError):
    """No Docker engine answers on this machine."""
