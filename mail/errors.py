"""What can go wrong with a message, named by what to do next."""


class MailError(Exception):
    """Base of the errors of this app."""


class CannotResend(MailError):
    """Its contents were wiped when it left: cause a new one instead (ask for a new code)."""


class GivenUp(MailError):
    """It took its worker down with it each time: look at the message, then send it again."""
