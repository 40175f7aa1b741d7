"""From a row to a mail: subject, text and HTML in the sender's name, look and language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import formataddr
from functools import lru_cache
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.utils.translation import get_language_bidi, override

from mail.models import Message, PlatformMessage
from mail.rules import display_name, header_line
from stores.models import Staff, Store
from stores.roles import Role
from stores.rules import brand_on, link_on, on_colour
from stores.services.addresses import platform_url, store_origin
from stores.slots import mail_kinds

PLATFORM_NAME = "Sevenfold"
PLATFORM_COLOUR = "#a8412c"
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Sender:
    """In whose name and look a message is sent."""

    name: str
    url: str
    colour: str
    on_colour: str
    link: str
    reply_to: str = ""


@dataclass(frozen=True)
class Rendered:
    """A message as it will be read."""

    subject: str
    text: str
    html: str


def store_sender(store: Store) -> Sender:
    """Return the store in scope as a sender; replies reach its owner."""
    owner = Staff.objects.filter(role=Role.OWNER).select_related("user").order_by("pk").first()
    return _sender(
        store.name, store_origin(store) + "/", store.look.colour, owner.user.email if owner else ""
    )


def platform_sender() -> Sender:
    """Return the platform itself as a sender."""
    return _sender(PLATFORM_NAME, platform_url("/"), PLATFORM_COLOUR, "")


def _sender(name: str, url: str, colour: str, reply_to: str) -> Sender:
    brand = brand_on(colour.lower(), dark=False)
    link = link_on(colour.lower(), dark=False)
    return Sender(name, url, brand, on_colour(brand), link, reply_to)


def render(message: Message | PlatformMessage, sender: Sender) -> Rendered:
    """Return the message in its own language; raises what its templates raise."""
    with override(message.language):
        known = {
            **message.context,
            "sender": sender,
            "recipient_name": message.to_name,
            "language": message.language,
            "direction": "rtl" if get_language_bidi() else "ltr",
        }
        base = f"mail/kinds/{message.kind}"
        return Rendered(
            subject=header_line(_fill(f"{base}.subject.txt", known, autoescape=False)),
            text=_tidy(_fill(f"{base}.txt", known, autoescape=False)),
            html=_inliner().inline(_fill(f"{base}.html", known, autoescape=True)),
        )


def build(message: Message | PlatformMessage, sender: Sender) -> EmailMultiAlternatives:
    """Return the mail to send; its Message-ID is the row's, so a second copy can be recognised."""
    rendered = render(message, sender)
    domain = settings.MAIL_FROM_ADDRESS.rpartition("@")[2]
    to_creator = mail_kinds.get(message.kind).to_creator
    mail = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=formataddr((display_name(sender.name), settings.MAIL_FROM_ADDRESS)),
        to=[formataddr((message.to_name, message.to_address))],
        reply_to=[] if to_creator or not sender.reply_to else [sender.reply_to],
        headers={
            "Message-ID": f"<{message.public_id}.{message.resends}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
    )
    mail.attach_alternative(rendered.html, "text/html")
    return mail


def _fill(name: str, known: dict[str, Any], *, autoescape: bool) -> str:
    template = get_template(name).template  # type: ignore[attr-defined]  # Django's own backend, whose context can be told not to escape
    return str(template.render(Context(known, autoescape=autoescape)))


def _tidy(text: str) -> str:
    lines = "\n".join(line.strip() for line in text.splitlines())
    return _EMPTY_LINES.sub("\n\n", lines).strip() + "\n"


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
