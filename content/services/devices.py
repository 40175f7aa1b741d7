"""What this app knows of where a customer takes things: podcast addresses, and their Kindle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Customer
from content.models import Feed, KindleAddress
from content.services import computers, kindles
from content.services.feeds import live_feeds
from stores import slots
from stores.slots import AccountRow, AccountSection, MailKind

MAIL_KINDS = (
    MailKind(
        kindles.KIND,
        gettext_lazy("a book to a Kindle"),
        ("title", "store_name", "shelf_url"),
        priority=9,
        when=gettext_lazy("When a customer sends a book to their Kindle; the book goes with it."),
        required=(),
    ),
    MailKind(
        computers.KIND,
        gettext_lazy("a book to one’s computer"),
        ("title", "store_name", "links", "url"),
        priority=4,
        when=gettext_lazy("When a customer, on a phone, sends what they own to their computer."),
        wiped=True,
        required=("links",),
    ),
)


class DevicesOfCustomer:
    """Addresses of podcasts and of a Kindle."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return them as plain values; an address that works is never written down anywhere."""
        feeds = Feed.objects.filter(customer=customer).select_related("product")
        return {
            "podcasts": [
                {
                    "of": feed.product.title if feed.product is not None else None,
                    "since": feed.created_at.isoformat(),
                    "ended_at": feed.ended_at.isoformat() if feed.ended_at else None,
                    "apps": sorted(feed.devices.values()),
                }
                for feed in feeds
            ],
            "kindle": kindles.kindle_of(customer),
            "sent_to_kindle": [
                {"title": sent.title, "at": sent.at.isoformat(), "state": sent.state}
                for sent in kindles.sent_to_kindle(customer)
            ],
        }

    def erase(self, customer: Customer) -> None:
        """End every address at once; what waits for the Kindle does not leave."""
        Feed.objects.filter(customer=customer).delete()
        KindleAddress.objects.filter(customer=customer).delete()
        kindles.mails_to_kindle(customer).delete()


def podcasts_section(customer: Customer, now: datetime) -> AccountSection:
    """Return how many private podcasts work, with the page that ends them."""
    count = live_feeds(customer).count()
    words = ngettext("%(n)s private podcast", "%(n)s private podcasts", count) % {"n": count}
    row = AccountRow(label=words, url=reverse("content:feeds"), verb=_("See them"))
    return AccountSection(
        key="podcasts", title=_("Podcasts"), rows=[row] if count else [], order=35
    )


def register() -> None:
    """Put into the slots what others ask."""
    for kind in MAIL_KINDS:
        slots.mail_kinds.register(kind.key, kind)
    slots.mail_attachments.register(kindles.KIND, kindles.book_in_mail)
    slots.personal_data.register("content.devices", DevicesOfCustomer())
    slots.account_sections.register("podcasts", podcasts_section)
