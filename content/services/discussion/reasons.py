"""Why something cannot be written, as a sentence for whoever wanted to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from content.errors import ContentError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "closed": _("This discussion is closed. What was written stays here to be read."),
    "silenced": _("The shop stopped your writing here. Write to it by mail if that is a mistake."),
    "locked": _("This question is closed to more replies."),
    "often": _("That was a lot in one hour. What you wrote is still here: send it a little later."),
    "late": _("The quarter of an hour for changes is over. Reply with what you want to add."),
    "gone": _("This is no longer here."),
    "name_taken": _("Somebody here is called that already. Add a letter, or choose another name."),
    "name_ours": _("That is how the shop itself is called. Choose another name."),
    "name_bad": _("A name of 2 to 40 letters, please, and no address."),
}


class CannotSay(ContentError):
    """It was not written; ``sentence`` says why and what to do."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> _StrPromise:
        """Return it in the reader's language."""
        return SENTENCES[self.code]
