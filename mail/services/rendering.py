"""From a row to a mail: subject, text and HTML in the sender's name, look and language."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formataddr
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import get_language_bidi, override

from mail.models import Message, PlatformMessage
from mail.rules import display_name, header_line, tidy
from mail.services.composing import compose, compose_line
from mail.services.wordings import Words, working_words
from stores.models import Business, Staff, Store
from stores.roles import Role
from stores.rules import brand_on, link_on, on_colour
from stores.services.addresses import platform_url, store_origin
from stores.slots import mail_attachments, mail_kinds

if TYPE_CHECKING:
    import css_inline

PLATFORM_NAME = "Sevenfold"
PLATFORM_COLOUR = "#a8412c"
ADVERTISEMENT = "פרסומת"
"""Section 30A(e) of Israel's Communications Law: the first word of an advertisement's subject."""


@dataclass(frozen=True)
class Sender:
    """In whose name and look a message is sent."""

    name: str
    url: str
    colour: str
    on_colour: str
    link: str
    reply_to: str = ""
    contact: tuple[str, ...] = ()
    """Who this is and how to reach them, line by line, as the law wants it in an advertisement."""


@dataclass(frozen=True)
class Rendered:
    """A message as it will be read."""

    subject: str
    text: str
    html: str


def store_sender(store: Store) -> Sender:
    """Return the store in scope as a sender; replies reach its owner."""
    owner = Staff.objects.filter(role=Role.OWNER).select_related("user").order_by("pk").first()
    email = owner.user.email if owner else ""
    business: Business | None = Business.objects.first()
    contact: tuple[str, ...] = (email,)
    if business is not None:
        contact = (
            business.legal_name,
            ", ".join(filter(None, business.lines(store.language))),
            business.phone,
            business.email or email,
        )
    url = store_origin(store) + "/"
    return _sender(store.name, url, store.look.colour, email, tuple(filter(None, contact)))


def platform_sender() -> Sender:
    """Return the platform itself as a sender."""
    return _sender(PLATFORM_NAME, platform_url("/"), PLATFORM_COLOUR, "")


def _sender(
    name: str, url: str, colour: str, reply_to: str, contact: tuple[str, ...] = ()
) -> Sender:
    brand = brand_on(colour.lower(), dark=False)
    link = link_on(colour.lower(), dark=False)
    return Sender(name, url, brand, on_colour(brand), link, reply_to, contact)


def render(message: Message | PlatformMessage, sender: Sender, leave_url: str = "") -> Rendered:
    """Return the message in its own language, in the store's words where it has its own."""
    words = None
    if isinstance(message, Message):
        kind = mail_kinds.get(message.kind)
        words = None if kind.of_platform else working_words(kind, message.language)
    return render_words(message, sender, words, leave_url)


def render_words(
    message: Message | PlatformMessage, sender: Sender, words: Words | None, leave_url: str = ""
) -> Rendered:
    """Return the message in these words, or in ours; raises what its templates raise."""
    with override(message.language):
        base = f"mail/kinds/{message.kind}"
        known = {
            **message.context,
            "sender": sender,
            "recipient_name": message.to_name,
            "language": message.language,
            "direction": "rtl" if get_language_bidi() else "ltr",
            "leave_url": leave_url,
            "choose_url": _choose_url(message, sender),
        }
        if words is None:
            subject = _fill(f"{base}.subject.txt", known, autoescape=False)
            text, html = f"{base}.txt", f"{base}.html"
        else:
            values = {"store_name": sender.name, **known}
            subject = compose_line(words.subject, values)
            known |= {"written": compose(words.text, values)}
            text, html = "mail/reworded.txt", "mail/reworded.html"
        if leave_url and message.language == "he":
            subject = f"{ADVERTISEMENT}: {subject}"
        return Rendered(
            subject=header_line(subject),
            text=tidy(_fill(text, known | {"own": f"{base}.txt"}, autoescape=False)),
            html=_inliner().inline(_fill(html, known | {"own": f"{base}.html"}, autoescape=True)),
        )


def _choose_url(message: Message | PlatformMessage, sender: Sender) -> str:
    """Return where somebody of the team says which mails come to them; empty for others."""
    kind = mail_kinds.get(message.kind)
    if not kind.to_creator or kind.of_platform:
        return ""
    return sender.url + reverse("admin:mail_wording_mine", settings.ROOT_URLCONF).lstrip("/")


def build(
    message: Message | PlatformMessage, sender: Sender, leave_url: str = ""
) -> EmailMultiAlternatives:
    """Return the mail to send; its Message-ID is the row's, so a second copy can be recognised.

    ``leave_url`` makes it news: it can be left with one click (RFC 8058).
    """
    rendered = render(message, sender, leave_url)
    domain = settings.MAIL_FROM_ADDRESS.rpartition("@")[2]
    to_creator = mail_kinds.get(message.kind).to_creator
    headers = {
        "Message-ID": f"<{message.public_id}.{message.resends}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
    }
    if leave_url:
        headers["List-Unsubscribe"] = f"<{leave_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=formataddr((display_name(sender.name), settings.MAIL_FROM_ADDRESS)),
        to=[formataddr((message.to_name, message.to_address))],
        reply_to=[] if to_creator or not sender.reply_to else [sender.reply_to],
        headers=headers,
    )
    mail.attach_alternative(rendered.html, "text/html")
    if message.kind in mail_attachments.keys():  # noqa: SIM118 -- a slot
        for each in mail_attachments.get(message.kind)(message.context):
            mail.attach(each.name, each.content, each.media_type)
    return mail


def _fill(name: str, known: dict[str, Any], *, autoescape: bool) -> str:
    template = get_template(name).template  # type: ignore[attr-defined]  # Django's own backend, whose context can be told not to escape
    return str(template.render(Context(known, autoescape=autoescape)))


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    from css_inline import CSSInliner  # late: workers write the mails

    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
