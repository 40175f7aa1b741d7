"""The kinds of mail of teams, and of gifts of some weeks or months."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from stores.slots import MailKind

TEAM_WORDS = ("title", "from_name", "store_name")
MANAGER_WORDS = (*TEAM_WORDS, "team_url")
INVITED_WORDS = (*TEAM_WORDS, "place_url")
LENGTH_WORDS = ("title", "from_name", "store_name", "amount")
KINDS = (
    MailKind(
        "team_ready",
        gettext_lazy("a team, to who bought it"),
        (*MANAGER_WORDS, "count"),
        2,
        when=gettext_lazy("When the places of a team are paid for: where they are given out."),
        required=("team_url",),
    ),
    MailKind(
        "team_invitation",
        gettext_lazy("an invitation to a team"),
        INVITED_WORDS,
        2,
        when=gettext_lazy("When a team's manager invites somebody, or sends it again."),
        required=("place_url",),
    ),
    MailKind(
        "team_waiting",
        gettext_lazy("an invitation to a team, once more"),
        INVITED_WORDS,
        6,
        waits=True,
        when=gettext_lazy("Once, five days after an invitation that nobody accepted."),
        required=("place_url",),
    ),
    MailKind(
        "team_accepted",
        gettext_lazy("somebody took a team's place"),
        (*MANAGER_WORDS, "member_name", "member_email"),
        5,
        waits=True,
        when=gettext_lazy("When an invitation is accepted; to the team's manager."),
    ),
    MailKind(
        "team_place_over",
        gettext_lazy("a team's place was taken back"),
        (*TEAM_WORDS, "shelf_url"),
        3,
        when=gettext_lazy("When a team's manager takes a place back; to who had it."),
    ),
    MailKind(
        "team_ends",
        gettext_lazy("a team's time ends soon"),
        (*MANAGER_WORDS, "until", "product_url"),
        5,
        waits=True,
        when=gettext_lazy("Once, two weeks before the last of its places ends; to its manager."),
    ),
    MailKind(
        "gift_ends",
        gettext_lazy("a gift's time ends soon"),
        (*LENGTH_WORDS, "until", "product_url"),
        5,
        waits=True,
        when=gettext_lazy("Once, a week before the time that was given ends; to who has it."),
    ),
    MailKind(
        "gift_taken_back",
        gettext_lazy("a gift was taken back, and a charge moves"),
        (*LENGTH_WORDS, "next_charge", "billing_url"),
        2,
        when=gettext_lazy(
            "When a gift's money goes back that had moved the next charge of who has it."
        ),
    ),
)
