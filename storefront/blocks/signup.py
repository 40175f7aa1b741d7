"""A form for an address, with a list, a gift, or both."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.services.consents import NEWS_TICK
from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, LinkAddressField, ProductField, line
from storefront.models import MailingList


def list_choices() -> list[tuple[str, Any]]:
    """Return the store's mailing lists."""
    return [
        ("", _("none")),
        *((str(pk), title) for pk, title in MailingList.objects.values_list("pk", "title")),
    ]


class SignUpBlockForm(BlockForm):
    """What is asked, what is given, and the sentence that is agreed to."""

    heading = line(_("Heading"), 120, required=True)
    text = line(_("One sentence below it"), 240)
    button = line(_("Words on the button"), 40, required=True)
    asks_name = forms.BooleanField(label=_("Ask for the name too"), required=False)
    list = forms.ChoiceField(label=_("Mailing list"), choices=list_choices, required=False)
    consent = line(
        _("What they agree to"),
        240,
        help_text=_("Left empty: “Yes, write to me about new things”."),
    )
    gift = ProductField(
        label=_("The gift"),
        empty=_("no gift"),
        help_text=_("It opens once the address was confirmed by mail."),
    )
    gift_url = LinkAddressField(label=_("Or a page or file as the gift"))

    def clean(self) -> dict[str, Any]:
        """Return the values; a form must lead to something."""
        values = super().clean()
        if not (values.get("list") or values.get("gift") or values.get("gift_url")):
            self.add_error(
                "list", gettext("Choose a list, a gift, or both: or the form leads nowhere.")
            )
        return values


class SignUpBlock(BlockType):
    """An address is asked for; nothing happens before its own mailbox says yes."""

    key, form = "signup", SignUpBlockForm
    label = _("Form")
    line = _("An address for a gift or a mailing list.")

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return the form's words; its address is the page's and the block's."""
        has_gift = bool(fields.get("gift") or fields.get("gift_url"))
        return {
            **fields,
            "page_id": around.page.public_id,
            "has_gift": has_gift,
            "tick": fields.get("consent") or str(NEWS_TICK),
            "asks_tick": bool(fields.get("list")) and has_gift,
        }
