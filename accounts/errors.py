"""What can go wrong at the door, named by what to do next."""


class AccountsError(Exception):
    """Base of the errors of this app."""


class TooOften(AccountsError):
    """Wait a while, then ask again."""


class WrongCode(AccountsError):
    """Look at the code once more and type it again; ``tries_left`` says how often."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class SignInOver(AccountsError):
    """Ask for a new code: this sign-in was used, tried too often, or is too old."""


class AddressClosed(AccountsError):
    """Write to us: this address may not enter anywhere."""


class HandOverOver(AccountsError):
    """Sign in by code: this hand-over was used, is too old, or is for another store."""


class InvitationOver(AccountsError):
    """Ask for a new invitation: this one was used, taken back, or is too old."""


class WrongStep(AccountsError):
    """Look at the app once more, or take a recovery code: this code or passkey is not it."""


class ChangeOver(AccountsError):
    """Begin anew: this change of address was made, stopped, is too old, or never was."""


class AddressTaken(AccountsError):
    """Ask the store to move what you bought: somebody has this address already."""
