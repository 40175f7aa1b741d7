"""What can go wrong with a message, named by what to do next."""


class MailError(Exception):
    """Base of the errors of this app."""


class CannotResend(MailError):
    """Its contents were wiped when it left: cause a new one instead (ask for a new code)."""


class GivenUp(MailError):
    """It will not leave as it is, for the reason said: look at it, then send it again."""


class NotReady(MailError):
    """What goes into it is not there yet: it is tried again."""
