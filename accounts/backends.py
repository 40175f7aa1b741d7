"""Who is signed in, found by a query whose SQL is made once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from core.prepared import Prepared, given

BY_KEY = Prepared(lambda: User.objects.filter(pk=given("user", int))[:1])


class KeptBackend(ModelBackend):
    """Django's, which builds the same query anew for each page."""

    def get_user(self, user_id: Any) -> User | None:
        """Return who has this key, if they may sign in."""
        user = BY_KEY.first(user=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
