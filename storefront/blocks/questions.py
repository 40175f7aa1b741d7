"""Questions that are asked often, each with its answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.markdown import small_markdown
from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, RowsOf, line


class QuestionsForm(BlockForm):
    """Rows of a question and an answer."""

    heading = line(_("Heading"), 120)
    rows = RowsOf(
        label=_("Questions"),
        parts={
            "question": line(_("Question"), 160),
            "answer": forms.CharField(
                label=_("Answer"),
                max_length=1_500,
                required=False,
                widget=forms.Textarea({"rows": 3, "dir": "auto"}),
            ),
        },
        most=20,
    )


class Questions(BlockType):
    """Questions that open."""

    key, form = "questions", QuestionsForm
    label = _("Questions")
    line = _("What people ask before they buy.")

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return each answer as safe HTML."""
        rows = [
            {**row, "html": small_markdown(row.get("answer", ""))} for row in fields.get("rows", [])
        ]
        return {**fields, "rows": rows}
