"""The members of a demo club once they have joined: greeted, told of this month, and reading it.

They join by real subscriptions, which whoever sells clubs makes (``demo_lived``).
"""

from __future__ import annotations

from datetime import datetime

from accounts.models import Customer
from content.rules import Place
from content.services.places import keep_place
from core import clock
from mail.models import Message
from memberships.models import Drop, Member
from memberships.services import telling
from memberships.services.letters import MONTH, WELCOME
from products.models import Part
from stores.models import Store


def settle_demo_members(store: Store, language: str) -> None:
    """Let who joined over the year have heard what they were told then; the first is reading."""
    now = clock.now()
    for member in Member.objects.select_related("club", "access__customer").order_by("pk"):
        last = Drop.objects.filter(club=member.club_id).out(now).order_by("number").last()
        if last is None:
            continue
        Member.objects.filter(pk=member.pk).update(told_number=last.number)
    first = Member.objects.select_related("access__customer").order_by("pk").first()
    if first is not None:
        last = Drop.objects.filter(club=first.club_id).out(now).order_by("number").last()
        if last is not None:
            _begin(first.access.customer, last, now)
    while telling.look_at_batch(now):
        pass
    Message.objects.filter(kind__in=(WELCOME, MONTH), state=Message.State.WAITING).update(
        state=Message.State.SENT, sent_at=now
    )


def _begin(customer: Customer, drop: Drop, now: datetime) -> None:
    """Let somebody have read this month's text, and be in the middle of what follows."""
    rows = Part.objects.filter(parent=drop.part_id).published().order_by("position")
    for part, place, far in zip(rows, ({}, {"seconds": 9}), (1.0, 0.4), strict=False):
        keep_place(customer, part, Place(dict(place), far), now)
