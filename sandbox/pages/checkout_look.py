"""How the hosted checkout page looks: what is bought, the card, the test cards, a code."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox import money
from sandbox.cards import CARDS, by_number
from sandbox.pages.html import Markup, document, tag
from sandbox.pages.words import WORDS
from sandbox.wire import Json

LONGEST = 250


@dataclass(frozen=True)
class Look:
    """One session in one language, with what was typed so far."""

    session: Json
    items: list[Json]
    language: str
    form: dict[str, str]

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
            self._field("code", self.form.get("code", "")),
            tag("button", self.words["code_use"], name="use", value="1", formnovalidate=True),
            class_="code",
        )

    def _form(self, total: str, problem: str) -> Markup:
        is_free = self.session["amount_total"] == 0
        known = self.known_email()
        email = self._field("email", known or self.form.get("email", ""), type="email")
        if known:
            email = tag("p", tag("span", self.words["email"]), " ", tag("bdi", known))
        label = self.words["take"] if is_free else self.words["pay"].format(amount=total)
        if self.is_setup:
            label = self.words["keep"]
        return tag(
            "form",
            tag("p", problem, class_="problem", role="alert") if problem else None,
            email,
            None if is_free else self._card_fields(),
            tag("button", label, class_="main"),
            self._code(),
            None if is_free else self._cards(),
            method="post",
            action=f"/c/pay/{self.session['id']}?lang={self.language}",
            id="pay",
        )

    def _card_fields(self) -> Markup:
        filled = self.form.get("fill", "")
        number = by_number(filled)
        shown = number.spaced if number else self.form.get("card", "")
        expiry = "12 / 34" if number else self.form.get("expiry", "")
        code = "123" if number else self.form.get("cvc", "")
        return tag(
            "fieldset",
            self._field("card", shown, inputmode="numeric", required=True),
            tag(
                "div",
                self._field("expiry", expiry, placeholder="12 / 34"),
                self._field("cvc", code, inputmode="numeric"),
                class_="pair",
            ),
            self._field("name", self.form.get("name", ""), dir="auto"),
        )

    def _field(self, name: str, value: str, **attributes: str | bool) -> Markup:
        given: dict[str, str | bool] = {"dir": "ltr", "autocomplete": "off", **attributes}
        return tag(
            "label",
            tag("span", self.words[name]),
            tag("input", name=name, value=value, maxlength=LONGEST, **given),
        )

    def _cards(self) -> Markup:
        choices = [
            tag(
                "li",
                tag(
                    "button",
                    tag("bdi", card.spaced, dir="ltr"),
                    tag("span", self.words[card.tells]),
                    name="fill",
                    value=card.number,
                    formnovalidate=True,
                ),
            )
            for card in CARDS
            if card.tells
        ]
        return tag(
            "section",
            tag("h2", self.words["cards"]),
            tag("p", self.words["cards_help"]),
            tag("ul", choices, class_="cards"),
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
