"""What people type at the door, on their account page, and to open a store."""

from __future__ import annotations

from typing import Any, ClassVar

from babel.core import Locale
from babel.numbers import get_currency_name
from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.rules import CODE_DIGITS, LONGEST_LABEL, isolated, typed_code
from accounts.services.consents import NEWS_TICK
from accounts.services.starting import Wish, label_trouble
from core import clock, money
from core.clock import zone_in_words
from mail.rules import normal_address
from stores.forms import CleanTextMixin, StoreForm
from stores.models import HEX_COLOUR
from stores.scope import current_store
from stores.services.opening import host_for

OWN_COLOUR = "own"
SWATCHES = ("#A8412C", "#0B5D4B", "#1F4E9E", "#6B3FA0", "#B0306A", "#3A3A38")


def language_names(codes: list[str]) -> list[tuple[str, str]]:
    """Return languages as choices, each called as its own speakers call it."""
    return [(code, str(LANG_INFO[code]["name_local"]).capitalize()) for code in codes]


class NormalAddressField(forms.EmailField):
    """An address in lower case, its domain in ASCII."""

    def __init__(self, **options: Any) -> None:
        fields = {"autocomplete": "email", "dir": "ltr", "autocapitalize": "none"}
        options.setdefault("widget", forms.EmailInput(attrs=fields))
        super().__init__(max_length=254, **options)

    def clean(self, value: Any) -> Any:
        """Return the normal form, or say that this is no address."""
        typed = super().clean(value)
        if not typed:
            return typed
        try:
            return normal_address(typed)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class AddressForm(CleanTextMixin, forms.Form):
    """Where the code should go."""

    email = NormalAddressField(
        label=gettext_lazy("Your email"),
        error_messages={
            "required": gettext_lazy("Write your email address, so the code can be sent."),
            "invalid": gettext_lazy("This is not an email address. Look at it once more."),
        },
    )


class NewsMixin(forms.Form):
    """A tick of its own, empty: yes to news. ``accounts.services.consents`` keeps what it says."""

    wants_news = forms.BooleanField(label=NEWS_TICK, required=False, initial=False)


class NewsForm(NewsMixin):
    """Whether the store may write about new things: on its customer's own page."""


class CodeForm(CleanTextMixin, forms.Form):
    """The code from the mail, however it was typed or pasted."""

    code = forms.CharField(
        label=gettext_lazy("The code from the mail"),
        max_length=40,
        error_messages={"required": gettext_lazy("Type the six digits from the mail.")},
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "dir": "ltr",
                "autofocus": True,
            }
        ),
    )

    def clean_code(self) -> str:
        """Return six digits."""
        code = typed_code(self.cleaned_data["code"])
        if len(code) != CODE_DIGITS:
            raise forms.ValidationError(_("The code has six digits. Type them as in the mail."))
        return code


class CustomerForm(StoreForm[Customer]):
    """What a customer says of themselves in one store."""

    class Meta:
        model = Customer
        fields: ClassVar[list[str]] = ["name", "language", "time_zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        store = current_store()
        languages = language_names([store.language, *store.other_languages])
        language = get_language() or "en"
        zones = clock.zone_choices(language, self.instance.time_zone)
        here = _("As the store: {zone}").format(zone=zone_in_words(store.zone, language))
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["language"] = forms.ChoiceField(
            label=_("Language of pages and mails"),
            choices=languages,
            initial=store.language,
        )
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), required=False, choices=[("", here), *zones]
        )
        if len(languages) == 1:
            del self.fields["language"]


class StartForm(CleanTextMixin, forms.Form):
    """A store in one page; the email is asked of visitors only."""

    name = forms.CharField(
        label=gettext_lazy("The name of your store"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    label = forms.CharField(
        label=gettext_lazy("Its address"),
        max_length=LONGEST_LABEL,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    language = forms.ChoiceField(label=gettext_lazy("The language you sell in"))
    currency = forms.ChoiceField(label=gettext_lazy("The currency you are paid in"))
    colour = forms.ChoiceField(label=gettext_lazy("Its colour"), widget=forms.RadioSelect)
    own_colour = forms.CharField(
        label=gettext_lazy("A colour of your own"),
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
        validators=[HEX_COLOUR],
    )
    owner_name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = NormalAddressField(label=gettext_lazy("Your email"))
    time_zone = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or settings.LANGUAGE_CODE
        self._offer("language", language_names([code for code, _name in settings.LANGUAGES]))
        self._offer("currency", currency_names(language))
        names = [*colour_names().items(), (OWN_COLOUR, _("another"))]
        self._offer("colour", names)
        self.fields["language"].initial = language
        self.fields["currency"].initial = "ILS" if language == "he" else "USD"
        self.fields["colour"].initial = SWATCHES[0]
        self.fields["own_colour"].initial = SWATCHES[1]
        self.fields["label"].help_text = _("It becomes {host}").format(host=isolated(host_for("…")))
        if is_known:
            del self.fields["email"]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_label(self) -> str:
        """Return an address that is free at this moment."""
        label = str(self.cleaned_data["label"]).strip().lower()
        if trouble := label_trouble(label):
            raise forms.ValidationError(trouble)
        return label

    def clean_time_zone(self) -> str:
        """Return the browser's zone when it is one we know; it is a kindness, never an error."""
        zone = str(self.cleaned_data["time_zone"])
        return zone if zone in clock.ZONES else ""

    def clean(self) -> dict[str, Any]:
        """Name the fields the tidy text left empty."""
        values = super().clean()
        for name in ("name", "owner_name"):
            if name in values and not values[name]:
                self.add_error(name, _("Write a name with letters."))
        return values

    def wish(self) -> Wish:
        """Return the store wanted, of a valid form."""
        values = self.cleaned_data
        is_own = values["colour"] == OWN_COLOUR
        return Wish(
            name=values["name"],
            label=values["label"],
            language=values["language"],
            currency=values["currency"],
            colour=(values["own_colour"] or SWATCHES[0]) if is_own else values["colour"],
            owner_name=values["owner_name"],
            time_zone=values["time_zone"],
        )


def colour_names() -> dict[str, str]:
    """Return the six colours offered, by name."""
    names = (_("brick"), _("pine"), _("ink blue"), _("plum"), _("raspberry"), _("charcoal"))
    return dict(zip(SWATCHES, names, strict=True))


def currency_names(language: str) -> list[tuple[str, str]]:
    """Return the currencies as choices in words of the reader's language."""
    locale = Locale.parse(language.replace("-", "_"))
    return [
        (code, f"{get_currency_name(code, locale=locale)} ({code})") for code in money.CURRENCIES
    ]
