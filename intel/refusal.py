"""What cannot be done as it was asked: the base of every error that is a person's to mend."""


class Refusal(Exception):
    """A request that cannot be met; the message says why and what would be right, a line for each fault."""


class CannotKeep(Refusal, RuntimeError):
    """The disk or the server takes nothing more; what was kept before stays."""


class WrongState(Refusal, ValueError):
    """What cannot be done with a thing as it stands: a message that is delivered, a job that ended."""
