"""The errors below a drill: of the engine, an image, a sandbox, a stack."""


class SandboxError(RuntimeError):
    """The engine, an image, the sandbox or the stack is not usable; the text is one clear sentence."""


class EngineMissingError(SandboxError):
    """No Docker engine answers on this machine."""
