"""What goes wrong below a drill, in words for the person who has to mend it."""


class StackError(RuntimeError):
    """The engine, an image, the sandbox or the stack is not usable; the text is one clear sentence."""


class EngineMissingError(StackError):
    """No Docker engine answers on this machine."""
