"""The form of a block, and the fields blocks are made of: links, pictures, several rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import clean_line, clean_text
from products.models import Product
from storefront.services.pages.targets import target_choices
from stores.forms import CleanTextMixin

MOST_ROWS = 40
LARGEST_UPLOAD = 60 * 1024 * 1024
FOCUS = (
    ("centre", gettext_lazy("the middle")),
    ("top", gettext_lazy("the top")),
    ("bottom", gettext_lazy("the bottom")),
)
SAFE_LINK = re.compile(
    r"(https?://[^\s<>\"']+|mailto:[^\s<>\"']+|tel:[+\d\-() ]+|/(?!/)[^\s<>\"']*|#[\w-]+)"
)


class BlockForm(CleanTextMixin, forms.Form):
    """What a block holds; every value it gives can be kept as JSON."""

    use_required_attribute = False
    wide: ClassVar[tuple[str, ...]] = ()

    def clean(self) -> dict[str, Any]:
        """Return the values; a link elsewhere needs its address."""
        values = super().clean()
        if values.get("leads_to") == "url" and not values.get("url"):
            self.add_error("url", _("Write where it leads."))
        return values


def line(label: Any, most: int = 120, *, required: bool = False, **more: Any) -> forms.CharField:
    """Return a field of one line."""
    widget = forms.TextInput({"dir": "auto"})
    return forms.CharField(label=label, max_length=most, required=required, widget=widget, **more)


def words(label: Any, most: int = 2_000, rows: int = 5, **more: Any) -> forms.CharField:
    """Return a field of running text, in the small Markdown."""
    widget = forms.Textarea({"rows": rows, "dir": "auto"})
    more.setdefault(
        "help_text",
        gettext_lazy("An empty line parts paragraphs. **bold**, [words](https://…), - list"),
    )
    return forms.CharField(label=label, max_length=most, required=False, widget=widget, **more)


def is_safe_link(text: str) -> bool:
    """Whether a link may stand on a page: the web, a mail, a phone, or this shop."""
    return bool(SAFE_LINK.fullmatch(text))


class LinkAddressField(forms.CharField):
    """An address that a link may have."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", gettext_lazy("Address"))
        more.setdefault("widget", forms.TextInput({"dir": "ltr", "placeholder": "https://"}))
        super().__init__(max_length=300, required=False, **more)

    def clean(self, value: Any) -> str:
        """Return the address; ``example.com`` is taken as the web's."""
        text = clean_line(super().clean(value) or "")
        if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", text):
            text = f"https://{text}"
        if text and not is_safe_link(text):
            raise forms.ValidationError(
                _("This is not an address. It begins with https:// or with /.")
            )
        return text


class TargetField(forms.ChoiceField):
    """Where a button leads: a product, a page, a category of the store, or elsewhere."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", gettext_lazy("The button leads to"))
        super().__init__(choices=target_choices, required=False, **more)


class ProductField(forms.ChoiceField):
    """One product of the store, kept by its public id."""

    def __init__(self, *, empty: Any = "—", **more: Any) -> None:
        self.empty = empty
        more.setdefault("label", gettext_lazy("Product"))
        more.setdefault("required", False)
        super().__init__(choices=self._choices, **more)

    def _choices(self) -> list[tuple[str, Any]]:
        rows = Product.objects.reachable().exclude(status="retired").order_by("position", "-id")
        return [("", self.empty), *rows.values_list("public_id", "title")]


class PictureWidget(forms.Widget):
    """A file, its words for those who do not see it, and what of it must be seen."""

    needs_multipart_form = True
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        """Return the picture's id, words and focus, and the file that was chosen."""
        kept = "" if data.get(f"{name}-gone") else str(data.get(name, ""))
        return {
            "id": kept if re.fullmatch(r"[a-z0-9]{0,20}", kept) else "",
            "alt": clean_line(str(data.get(f"{name}-alt", "")))[:200],
            "focus": str(data.get(f"{name}-focus", "")),
            "upload": files.get(f"{name}-file") if files else None,
        }

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """A picture is always said, be it that there is none."""
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the controls."""
        from storefront.services.pages.pictures import shown_pictures

        value = value or {}
        kept = value.get("id", "")
        context = {
            "name": name,
            "id": (attrs or {}).get("id", f"id_{name}"),
            "value": value,
            "shown": shown_pictures({kept}).get(kept) if kept else None,
            "focuses": FOCUS,
        }
        return render_to_string("storefront/admin/picture.html", context)


class PictureField(forms.Field):
    """A picture of the page; a new file is taken in once the whole block is right."""

    widget = PictureWidget

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", gettext_lazy("Picture"))
        super().__init__(required=False, **more)

    def clean(self, value: Any) -> dict[str, Any]:
        """Return the picture; words are asked for where there is one."""
        return clean_picture(value or {})


def clean_picture(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a picture's value, tidy; ``upload`` stays until the file is taken in."""
    upload = value.get("upload")
    if isinstance(upload, UploadedFile) and (upload.size or 0) > LARGEST_UPLOAD:
        raise forms.ValidationError(
            _("This file is too large for a picture: up to 60 MB can be taken.")
        )
    focus = value.get("focus", "")
    found = {
        "id": value.get("id", ""),
        "alt": value.get("alt", ""),
        "focus": focus if focus in dict(FOCUS) else "centre",
    }
    if upload is not None:
        found["upload"] = upload
    return found


class RowsWidget(forms.Widget):
    """Several rows of the same small fields, put in order by drag, by buttons or by numbers."""

    needs_multipart_form = True
    use_fieldset = True

    def __init__(self, parts: Mapping[str, Any], *, spare: int, most: int) -> None:
        super().__init__()
        self.parts, self.spare, self.most = parts, spare, most

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        """Return the rows in the order of their numbers."""
        pattern = re.compile(rf"{re.escape(name)}-(\d{{1,3}})-")
        numbers = {int(found[1]) for key in data if (found := pattern.match(key))}
        rows = []
        for number in sorted(numbers)[:MOST_ROWS]:
            begin = f"{name}-{number}"
            row = {
                key: part.widget.value_from_datadict(data, files, f"{begin}-{key}")
                for key, part in self.parts.items()
            }
            place = str(data.get(f"{begin}-place", ""))
            at = int(place) if place.isdecimal() and len(place) < 5 else 10_000  # noqa: PLR2004 -- digits
            rows.append((at, number, row))
        return [row for _at, _number, row in sorted(rows, key=lambda each: each[:2])]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Rows are always said, be it that there are none."""
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the rows there are, and empty ones to fill in."""
        filled = list(value or [])
        spare = min(self.spare if filled else max(self.spare, 2), self.most - len(filled))
        rows = [*filled, *({} for _each in range(max(0, spare)))]
        context = {
            "name": name,
            "rows": [
                {
                    "number": at,
                    "place": at + 1,
                    "is_spare": not row,
                    "fields": self._fields(f"{name}-{at}", row),
                }
                for at, row in enumerate(rows)
            ],
            "blank": {
                "number": "__row__",
                "place": "",
                "fields": self._fields(f"{name}-__row__", {}),
            },
            "most": self.most,
        }
        return render_to_string("storefront/admin/rows.html", context)

    def _fields(self, begin: str, row: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = []
        for key, part in self.parts.items():
            name = f"{begin}-{key}"
            widget = part.widget
            if isinstance(part, forms.ChoiceField):
                widget.choices = part.choices
            found.append(
                {
                    "label": part.label,
                    "id": f"id_{name}",
                    "is_group": widget.use_fieldset,
                    "is_check": isinstance(widget, forms.CheckboxInput),
                    "html": widget.render(name, row.get(key), {"id": f"id_{name}"}),
                }
            )
        return found


class RowsOf(forms.Field):
    """A list of small rows, each a mapping; empty rows are dropped."""

    def __init__(
        self, *, parts: Mapping[str, forms.Field], spare: int = 1, most: int = 24, **more: Any
    ) -> None:
        self.parts = parts
        more.setdefault("required", False)
        super().__init__(widget=RowsWidget(parts, spare=spare, most=most), **more)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Return the rows with something in them, each part cleaned; say which row is wrong."""
        rows, wrong = [], []
        for number, row in enumerate(value or [], 1):
            if not _is_filled(row):
                continue
            clean: dict[str, Any] = {}
            for key, part in self.parts.items():
                try:
                    clean[key] = _tidy(part, part.clean(row.get(key)))
                except forms.ValidationError as error:
                    wrong += [f"{number}: {part.label}: {each}" for each in error.messages]
            rows.append(clean)
        if wrong:
            raise forms.ValidationError(wrong)
        return rows


def _is_filled(row: Mapping[str, Any]) -> bool:
    for value in row.values():
        if isinstance(value, Mapping):
            if value.get("id") or value.get("upload"):
                return True
        elif isinstance(value, str) and value.strip():
            return True
    return False


def _tidy(part: forms.Field, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return clean_text(value) if isinstance(part.widget, forms.Textarea) else clean_line(value)


def texts_of(form: type[forms.Form], values: Mapping[str, Any]) -> Iterator[str]:
    """Return what was typed into a form's fields of text, those of its rows too."""
    for name, part in form.base_fields.items():
        if isinstance(part, RowsOf):
            for row in values.get(name) or []:
                yield from _typed(part.parts, row)
        else:
            yield from _typed({name: part}, values)


def _typed(parts: Mapping[str, forms.Field], values: Mapping[str, Any]) -> Iterator[str]:
    for name, part in parts.items():
        value = values.get(name)
        if type(part) is forms.CharField and isinstance(value, str):
            yield value


def plain(value: Any) -> Any:
    """Return cleaned values as JSON holds them: dates as text, sequences as lists."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(inner) for inner in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value
