"""Sessions in the database, found by a query whose SQL is made once (every page inside asks it)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from core.prepared import Prepared, given

LIVE = Prepared(
    lambda: Session.objects.filter(
        session_key=given("key"), expire_date__gt=given("now", datetime)
    )[:1]
)


class SessionStore(db.SessionStore):
    """Django's, which builds the same query anew for each page."""

    def _get_session_from_db(self) -> Session | None:
        found = LIVE.first(key=self.session_key, now=timezone.now()) if self.session_key else None
        if found is None:
            self._session_key = None
        return found
