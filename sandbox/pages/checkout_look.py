"""How the hosted checkout page looks: what is bought, the card, the test cards, a code."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox import money
from sandbox.objects.paying import needs_card
from sandbox.objects.subscribing import Promise
from sandbox.pages import card_form
from sandbox.pages.html import Markup, document, tag
from sandbox.pages.words import WORDS, day, rhythm
from sandbox.wire import Json


@dataclass(frozen=True)
class Look:
    """One session in one language, with what was typed so far."""

    session: Json
    items: list[Json]
    language: str
    form: dict[str, str]
    promise: Promise | None = None

    @property
    def words(self) -> dict[str, str]:
        """What the page says."""
        return WORDS[self.language]

    @property
    def is_setup(self) -> bool:
        """Whether a card is kept here, and nothing paid."""
        return bool(self.session["mode"] == "setup")

    def open(self, problem: str) -> str:
        """Return the page of an open session, with what went wrong before."""
        if self.is_setup:
            summary, title, total = self._kept(), self.words["keep_title"], ""
        else:
            total = self._money(self.session["amount_total"])
            summary, title = self._summary(total), f"{self.words['title']} {total}"
        return self._page(title, summary, self._form(total, problem))

    def over(self) -> str:
        """Return the page of a session that expired."""
        title = self.words["expired_title"]
        return self._page(title, tag("h1", title), tag("p", self.words["expired_help"]))

    def known_email(self) -> str:
        """Return the address that the customer cannot change, if there is one."""
        details = self.session["customer_details"] or {}
        fixed = self.session["customer"] or self.session["customer_email"]
        return str(details.get("email") or "") if fixed else ""

    def _page(self, title: str, *content: Markup) -> str:
        body = tag("main", *content, self._foot(), class_="checkout")
        banner = tag("header", self.words["pretend"], class_="pretend")
        return document(title, banner, body, language=self.language)

    def _money(self, amount: int) -> str:
        return money.shown(amount, self.session["currency"], self.language)

    def _summary(self, total: str) -> Markup:
        rows = [
            tag(
                "li",
                tag("span", _named(item), dir="auto"),
                tag("span", self._money(item["amount_subtotal"]), class_="amount"),
            )
            for item in self.items
        ]
        return tag(
            "section",
            tag("h1", self.words["order"]),
            tag("ul", rows, class_="items"),
            self._discount(),
            tag(
                "p",
                tag("span", self.words["total"]),
                tag("strong", total, class_="amount"),
                class_="total",
            ),
            self._promise(),
        )

    def _promise(self) -> Markup | None:
        """Return how often a subscription charges, and when next how much."""
        if self.promise is None:
            return None
        amount, when = self._money(self.promise.amount), day(self.promise.at, self.language)
        trial = self.words["trial"].format(date=when) if self.promise.is_trial else None
        return tag(
            "section",
            tag("p", trial) if trial else None,
            tag("p", self.words["next_charge"].format(amount=amount, date=when)),
            tag("p", rhythm(self.promise.recurring, self.language), class_="quiet"),
            class_="promise",
        )

    def _kept(self) -> Markup:
        return tag(
            "section", tag("h1", self.words["keep_title"]), tag("p", self.words["keep_help"])
        )

    def _discount(self) -> Markup | None:
        off = self.session["total_details"]["amount_discount"]
        if not self.session["discounts"]:
            return None
        before = (self.words["subtotal"], self._money(self.session["amount_subtotal"]))
        lines = (before, (self.words["discount"], self._money(-off)))
        rows = [
            tag("li", tag("span", name), tag("span", amount, class_="amount"))
            for name, amount in lines
        ]
        return tag("ul", rows, class_="items off")

    def _code(self) -> Markup | None:
        """Return the field for a promotion code, or the button that takes it away again."""
        if not self.session["allow_promotion_codes"]:
            return None
        if self.session["discounts"]:
            label = self.words["code_drop"]
            return tag("button", label, name="drop", value="1", formnovalidate=True)
        return tag(
            "div",
            card_form.field(self.words, "code", self.form.get("code", "")),
            tag("button", self.words["code_use"], name="use", value="1", formnovalidate=True),
            class_="code",
        )

    def _form(self, total: str, problem: str) -> Markup:
        is_free, has_card = self.session["amount_total"] == 0, needs_card(self.session)
        known = self.known_email()
        email = card_form.field(
            self.words, "email", known or self.form.get("email", ""), type="email"
        )
        if known:
            email = tag("p", tag("span", self.words["email"]), " ", tag("bdi", known))
        label = self.words["take"] if is_free else self.words["pay"].format(amount=total)
        if self.is_setup:
            label = self.words["keep"]
        elif self.promise:
            label = self.words["begin" if is_free else "subscribe"].format(amount=total)
        return tag(
            "form",
            tag("p", problem, class_="problem", role="alert") if problem else None,
            email,
            card_form.card_fields(self.words, self.form) if has_card else None,
            tag("button", label, class_="main"),
            self._code(),
            card_form.test_cards(self.words) if has_card else None,
            method="post",
            action=f"/c/pay/{self.session['id']}?lang={self.language}",
            id="pay",
        )

    def _foot(self) -> Markup:
        back = self.session["cancel_url"]
        other = "en" if self.language == "he" else "he"
        return tag(
            "nav",
            tag("a", self.words["back"], href=back) if back else None,
            tag("a", self.words["other_language"], href=f"?lang={other}", lang=other),
            class_="foot",
        )


def _named(item: Json) -> str:
    times = f" × {item['quantity']}" if item["quantity"] != 1 else ""
    return f"{item['description']}{times}"
