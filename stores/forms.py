"""The base of all forms over a store's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django import forms
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext_lazy

from core.text import clean_line, clean_text
from stores.models import StoreModel
from stores.scope import current_store

A_LINE = BLANK_CHOICE_DASH[0][1]
TO_CHOOSE = gettext_lazy("Choose one")
MOST = 2_147_483_647
"""What an integer column holds on every database; SQLite's own form fields know no end."""
StoreModelT = TypeVar("StoreModelT", bound=StoreModel)
ModelT = TypeVar("ModelT", bound=models.Model)

if TYPE_CHECKING:
    from django.forms import ModelForm as ModelForm  # noqa: PLC0414 -- said to be for others too
else:

    class ModelForm(forms.ModelForm, Generic[ModelT]):
        """Django's, which is generic for the type checker only."""


class ColourInput(forms.TextInput):
    """The browser's own choice of a colour, which always has one and is never too long."""

    input_type = "color"

    def use_required_attribute(self, initial: Any) -> bool:
        """Return that there is nothing to require."""
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Leave out what only fields of text may say."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"].pop("maxlength", None)
        return context


class CleanTextMixin(forms.BaseForm):
    """Clean every text typed: control characters and direction overrides never reach a row.

    A choice that is still to be made says so, where Django shows a line.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = TO_CHOOSE if field.empty_label == A_LINE else field.empty_label
            elif isinstance(field, forms.TypedChoiceField):  # as a model's own choices become
                choices: list[Any] = list(field.choices)  # type: ignore[arg-type]  # always iterable
                if choices and choices[0][1] == A_LINE:
                    field.choices = [(choices[0][0], TO_CHOOSE), *choices[1:]]

    def clean(self) -> dict[str, Any]:
        """Return the cleaned values with tidy text."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in values.items():
            if isinstance(value, str) and name in self.fields:
                many_lines = isinstance(self.fields[name].widget, forms.Textarea)
                values[name] = clean_text(value) if many_lines else clean_line(value)
        return values


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """Several rows of one kind, ticked; a number no row can have is refused, whatever its size."""

    def _check_values(self, value: Any) -> Any:
        try:
            return super()._check_values(value)  # type: ignore[misc]  # Django's own step, untyped in the stubs
        except OverflowError as error:  # from SQLite, which compares no number beyond 64 bits
            wrong = {"pk": next(iter(value), "")}
            raise forms.ValidationError(
                self.error_messages["invalid_pk_value"], code="invalid_pk_value", params=wrong
            ) from error


class StoreForm(CleanTextMixin, ModelForm[StoreModelT], Generic[StoreModelT]):
    """A ModelForm of a store's row: "unique in this store" is a sentence, not a server error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.instance.store = current_store()
        for field in self.fields.values():
            if type(field) is forms.IntegerField and field.max_value is None:
                field.max_value = MOST
                field.validators.append(MaxValueValidator(MOST))

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # Django's own hook, untyped in the stubs
        excluded.discard("store")
        return excluded
