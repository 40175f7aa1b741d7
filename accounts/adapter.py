"""Where allauth asks us."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Allauth keeps credentials; sign-up and mails are ours."""

    def is_open_for_signup(self, request: object) -> bool:
        """Refuse allauth's own sign-up: people come by code, or by opening a store."""
        return False
