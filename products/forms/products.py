"""The form of a product: what every product says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import clean_text, slugify
from products.forms.pickers import checked_inside, choices_of, pickable
from products.models import Product
from products.services import covers
from products.services.catalogue import free_slug
from stores.forms import StoreForm

ProductT = TypeVar("ProductT", bound=Product)


def questions_in(text: str) -> list[dict[str, str]]:
    """Return questions as they are typed: each a line, its answer under it, then an empty line."""
    blocks = [block.strip() for block in clean_text(text).split("\n\n")]
    pairs = [block.partition("\n") for block in blocks if block]
    return [{"question": line.strip(), "answer": rest.strip()} for line, _end, rest in pairs]


def in_text(questions: Sequence[Mapping[str, str]]) -> str:
    """Return questions as they are typed."""
    return "\n\n".join(f"{each['question']}\n{each['answer']}" for each in questions)


class ProductForm(StoreForm[ProductT]):
    """What every product says of itself; a format adds its own fields."""

    cover_file = forms.FileField(
        label=gettext_lazy("Cover"),
        required=False,
        widget=forms.FileInput({"accept": "image/*"}),
        help_text=gettext_lazy("A picture. Without one the cover is drawn from the title."),
    )
    questions_text = forms.CharField(
        label=gettext_lazy("What people ask"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 6}),
        help_text=gettext_lazy(
            "A question on one line, its answer under it, an empty line before the next."
        ),
    )
    inside = forms.MultipleChoiceField(
        label=gettext_lazy("What comes with it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Who buys this gets these too. What you add reaches all who bought it before, with a"
            " mail. What you take out, they keep."
        ),
    )

    class Meta:
        model = Product
        fields: ClassVar[tuple[str, ...]] = (
            "title",
            "result",
            "tagline",
            "description",
            "maker",
            "keeps",
            "language",
            "translation_of",
            "slug",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if covers.cover_of(self.instance) is not None:
            self.fields["cover_file"].help_text = _("It has a cover. Choose another to replace it.")
        self.initial["questions_text"] = in_text(self.instance.questions)
        if "translation_of" in self.fields:
            firsts = Product.objects.kept().filter(translation_of=None)
            twins = firsts.exclude(pk=self.instance.pk).exclude(language=self.instance.language)
            self.fields["translation_of"].queryset = twins  # type: ignore[attr-defined]  # a ModelChoiceField
        known = self.instance if self.instance.pk else None
        rows = known.inclusions.filter(price=None) if known is not None else ()
        self.included = {row.included_id for row in rows}
        self.initial["inside"] = [str(pk) for pk in self.included]
        others = pickable(but=known, also=self.included)
        self.fields["inside"].choices = choices_of(others)  # type: ignore[attr-defined]  # a MultipleChoiceField
        if not others:  # nothing to choose from
            self.fields["inside"].widget = forms.MultipleHiddenInput()

    def clean_slug(self) -> str:
        """An address typed is kept as it is; left empty, it is made from the title when saving."""
        return str(self.cleaned_data.get("slug") or "")

    def clean_questions_text(self) -> str:
        """Keep the questions on the product; one without an answer is a sentence."""
        typed = str(self.cleaned_data.get("questions_text") or "")
        self.instance.questions = questions_in(typed)
        if not all(each["answer"] for each in self.instance.questions):
            raise forms.ValidationError(_("Each question needs an answer on the line under it."))
        return typed

    def clean_inside(self) -> list[Product]:
        """Return what comes with it; what would make a loop or nest too deep is a sentence."""
        return checked_inside(self.instance, self.cleaned_data["inside"], self.included)

    def clean(self) -> dict[str, Any]:
        """Give the product an address when none was typed."""
        values = super().clean()
        if "slug" in self.fields and not values.get("slug") and "slug" not in self.errors:
            wanted = slugify(values.get("title") or self.instance.title) or self.instance.public_id
            known = self.instance if self.instance.pk else None
            values["slug"] = free_slug(wanted, but=known)
        return values
