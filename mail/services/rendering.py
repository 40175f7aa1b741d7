"""From a row to a mail: subject, text and HTML in the sender's name, look and language."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, override

from mail.models import Mailing, Message, PlatformMessage
from mail.rules import display_name, header_line, tidy
from mail.services.composing import compose, compose_line
from mail.services.filling import LEAVE, NAME, Form, Rendered, marks, with_slots
from mail.services.shapes import over_texts, shows_values_as_they_are, slotted
from mail.services.wordings import Words, working_words
from mail.services.writing import Written, as_message
from stores.models import Business, Staff, Store
from stores.roles import Role
from stores.rules import brand_on, link_on, on_colour
from stores.services.addresses import platform_url, store_origin
from stores.slots import Attachment, MailKind, mail_attachments, mail_kinds

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


@dataclass
class Memory:
    """What need not be asked or rendered twice by whoever renders many: for one run."""

    words: dict[tuple[str, str], Words | None] = field(default_factory=dict)
    forms: dict[int, Form] = field(default_factory=dict)
    """By mailing."""
    plain: dict[str, bool] = field(default_factory=dict)
    """By kind, whether messages of one shape need to be rendered only once."""
    shapes: dict[Any, Form | None] = field(default_factory=dict)
    """None for a shape that was seen once."""

    def words_of(self, kind: MailKind, language: str) -> Words | None:
        """Return the store's words for a kind, or None for ours."""
        key = kind.key, language
        if key not in self.words:
            self.words[key] = working_words(kind, language)
        return self.words[key]

    def form_of(self, mailing: Mailing) -> Form:
        """Return a mailing ready to be filled."""
        if mailing.pk not in self.forms:
            self.forms[mailing.pk] = Form.of(mailing.subject, mailing.text, mailing.html)
        return self.forms[mailing.pk]

    def is_plain(self, kind: str) -> bool:
        """Whether a kind's messages of one shape differ only in the texts that are put in."""
        if kind not in self.plain:
            self.plain[kind] = shows_values_as_they_are(kind)
        return self.plain[kind]


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
    brand, on_brand, link = _colours(colour.lower())
    return Sender(name, url, brand, on_brand, link, reply_to, contact)


@lru_cache(maxsize=256)
def _colours(colour: str) -> tuple[str, str, str]:
    brand = brand_on(colour, dark=False)
    return brand, on_colour(brand), link_on(colour, dark=False)


@lru_cache(maxsize=256)
def _style(colour: str, on_colour: str, link: str, direction: str) -> SafeString:
    """Return the style sheet of a sender's mails, which is the same for all of them."""
    known = {"colour": colour, "on_colour": on_colour, "link": link, "direction": direction}
    return mark_safe(_fill("mail/style.css", known, autoescape=True))  # noqa: S308 -- a template of ours, escaped


def render(
    message: Message | PlatformMessage,
    sender: Sender,
    leave_url: str = "",
    memory: Memory | None = None,
) -> Rendered:
    """Return the message in its own language, in the store's words where it has its own.

    One of a mailing is what was rendered when it was posted.
    """
    memory = memory or Memory()
    words = None
    if isinstance(message, Message):
        if message.mailing is not None:
            values = {NAME: message.to_name, **message.context}
            values |= {LEAVE: leave_url} if leave_url else {}
            return memory.form_of(message.mailing).filled(values)
        kind = mail_kinds.get(message.kind)
        words = None if kind.of_platform else memory.words_of(kind, message.language)
    if not memory.is_plain(message.kind):
        return render_words(message, sender, words, leave_url)
    shape, texts = slotted({NAME: message.to_name, LEAVE: leave_url, "context": message.context})
    key = message.kind, message.language, sender, words, json.dumps(shape)
    form = memory.shapes.get(key)
    if form is not None:
        return form.filled(texts)
    if key in memory.shapes:
        memory.shapes[key] = _form_of_shape(message, sender, words, shape, texts)
    else:
        memory.shapes[key] = None
    return render_words(message, sender, words, leave_url)


def _form_of_shape(
    message: Message | PlatformMessage,
    sender: Sender,
    words: Words | None,
    shape: dict[str, Any],
    texts: dict[str, str],
) -> Form:
    marked = marks(texts)
    values = over_texts(shape, marked.__getitem__)
    sample = type(message)(
        kind=message.kind,
        language=message.language,
        to_name=values[NAME],
        context=values["context"],
    )
    drawn = draft(sample, sender, words, values[LEAVE])
    parts = (drawn.subject, drawn.text, drawn.html)
    return Form.of(*(with_slots(part, marked) for part in parts))


def render_words(
    message: Message | PlatformMessage, sender: Sender, words: Words | None, leave_url: str = ""
) -> Rendered:
    """Return the message in these words, or in ours; raises what its templates raise."""
    drawn = draft(message, sender, words, leave_url)
    return replace(drawn, subject=header_line(drawn.subject))


def draft(
    message: Message | PlatformMessage, sender: Sender, words: Words | None, leave_url: str = ""
) -> Rendered:
    """Do as ``render_words``, but for the subject, which is not yet fit for a header."""
    with override(message.language):
        base = f"mail/kinds/{message.kind}"
        direction = "rtl" if get_language_bidi() else "ltr"
        known = {
            "leave_url": leave_url,
            **message.context,
            "sender": sender,
            "recipient_name": message.to_name,
            "language": message.language,
            "direction": direction,
            "style": _style(sender.colour, sender.on_colour, sender.link, direction),
            "news_url": leave_url,
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
            subject=subject,
            text=tidy(_fill(text, known | {"own": f"{base}.txt"}, autoescape=False)),
            html=_inliner().inline(_fill(html, known | {"own": f"{base}.html"}, autoescape=True)),
        )


def _choose_url(message: Message | PlatformMessage, sender: Sender) -> str:
    """Return where somebody of the team says which mails come to them; empty for others."""
    kind = mail_kinds.get(message.kind)
    if not kind.to_creator or kind.of_platform:
        return ""
    return sender.url + reverse("admin:mail_wording_mine", settings.ROOT_URLCONF).lstrip("/")


def write(
    message: Message | PlatformMessage,
    sender: Sender,
    leave_url: str = "",
    memory: Memory | None = None,
) -> Written:
    """Return the mail to send; its Message-ID is the row's, so a second copy can be recognised.

    ``leave_url`` makes it news: it can be left with one click (RFC 8058).
    """
    rendered = render(message, sender, leave_url, memory)
    domain = settings.MAIL_FROM_ADDRESS.rpartition("@")[2]
    headers = {
        "Message-ID": f"<{message.public_id}.{message.resends}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
    }
    if leave_url:
        headers["List-Unsubscribe"] = f"<{leave_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    enclosed: list[Attachment] = []
    attach = mail_attachments.find(message.kind)
    if attach is not None:
        enclosed = list(attach(message.context))
    return Written(
        rendered,
        from_name=display_name(sender.name),
        from_address=settings.MAIL_FROM_ADDRESS,
        to_name=message.to_name,
        to_address=message.to_address,
        headers=headers,
        reply_to="" if mail_kinds.get(message.kind).to_creator else sender.reply_to,
        enclosed=tuple(enclosed),
    )


def build(
    message: Message | PlatformMessage, sender: Sender, leave_url: str = ""
) -> EmailMultiAlternatives:
    """Return the mail to send as Django's backends take it; see ``write``."""
    return as_message(write(message, sender, leave_url))


def _fill(name: str, known: dict[str, Any], *, autoescape: bool) -> str:
    template = get_template(name).template  # type: ignore[attr-defined]  # Django's own backend, whose context can be told not to escape
    return str(template.render(Context(known, autoescape=autoescape)))


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    from css_inline import CSSInliner  # late: workers write the mails

    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
