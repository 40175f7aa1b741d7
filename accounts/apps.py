"""Accounts: people, their sign-in and their account pages."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from stores.slots import (
    MailKind,
    customer_timeline,
    mail_kinds,
    must_be_sure,
    personal_data,
    sweeps,
)


class AccountsConfig(AppConfig):
    """People."""

    name = "accounts"

    def ready(self) -> None:
        """Register the mails of the door, and forget what waited there in vain."""
        from accounts.services import consents, notes, tables
        from accounts.services.leaving import Letters, Person
        from accounts.views.here import way_to_be_sure

        consents.register()
        tables.register()
        door = ("code", "url", "minutes")
        sign_in = MailKind(
            "sign-in",
            _("sign-in code"),
            door,
            priority=1,
            wiped=True,
            when=_("When somebody wants to come in."),
            required=("code", "url"),
            sample={"is_known": True},
        )
        mail_kinds.register(sign_in.key, sign_in)
        for key, label, priority in (
            ("platform-sign-in", _("sign-in code"), 1),
            ("platform-welcome", _("welcome"), 2),
        ):
            names = door if priority == 1 else ("store", "store_url", "admin_url")
            kind = MailKind(
                key, label, names, priority, wiped=priority == 1, to_creator=True, of_platform=True
            )
            mail_kinds.register(key, kind)
        register_changes()
        invitation = MailKind(
            "invitation",
            _("an invitation to the team"),
            ("by", "role", "sentence", "url", "day"),
            priority=2,
            wiped=True,
            when=_("When you invite somebody to your team."),
            required=("url",),
            sample={
                "role": _("manager"),
                "sentence": _("Everything but the team and the settings."),
            },
        )
        mail_kinds.register(invitation.key, invitation)
        must_be_sure.register("accounts", way_to_be_sure)
        personal_data.register("person", Person())
        personal_data.register("letters", Letters())
        personal_data.register("notes_of_staff", notes.NotesAboutCustomer())
        customer_timeline.register("notes_of_staff", notes.timeline)
        register_closing()
        sweeps.add("accounts.closing", timedelta(minutes=5), "accounts.tasks.close_stores")
        sweeps.add("accounts.addresses", timedelta(minutes=10), "accounts.tasks.change_addresses")
        sweeps.add("accounts.words", timedelta(minutes=1), "accounts.tasks.gather_words")
        sweeps.add("accounts.forget", timedelta(hours=6), "accounts.tasks.forget_old_ways_in")


def register_closing() -> None:
    """Register the mails of a store that closes, or does not after all."""
    words = ("day", "last_day", "shelf_url", "everything_url")
    for key, label, when in (
        (
            "store_closes",
            _("the store closes"),
            _("When you begin to close the store, and two weeks before the end."),
        ),
        ("store_stays", _("the store stays open"), _("When you keep the store open after all.")),
    ):
        mail_kinds.register(key, MailKind(key, label, words, priority=8, when=when))
    kind = MailKind(
        "store_read_only",
        _("the year of reading begins"),
        ("last_day", "admin_url"),
        to_creator=True,
        when=_("When the notice of a store that closes is over."),
    )
    mail_kinds.register(kind.key, kind)


def register_changes() -> None:
    """Register the mails about ways in and changes of address, for stores and the platform."""
    words = ("old_email", "new_email", "by", "url", "day")
    for key, label, names, when in (
        (
            "security",
            _("a way in changed"),
            ("url",),
            _("When a customer's password, passkey or app is set or removed."),
        ),
        (
            "address_new",
            _("a new address to agree to"),
            words,
            _("When somebody changes an address; to the new one."),
        ),
        (
            "address_old",
            _("an address that may change"),
            words,
            _("When somebody changes an address; to the old one."),
        ),
        (
            "address_waits",
            _("a change of address in three days"),
            words,
            _("When a change waits three days, because the old mailbox is said to be gone."),
        ),
        (
            "address_stopped",
            _("a change of address was stopped"),
            words,
            _("When either side stops a change of address."),
        ),
        (
            "address_changed",
            _("an address was changed"),
            words,
            _("When an address was changed; to both."),
        ),
    ):
        mail_kinds.register(key, MailKind(key, label, names, priority=1, when=when))
        of_platform = f"platform-{key}"
        kind = MailKind(of_platform, label, names, priority=1, to_creator=True, of_platform=True)
        mail_kinds.register(of_platform, kind)
