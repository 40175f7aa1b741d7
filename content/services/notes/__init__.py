"""What readers mark and write in parts: the one way in, for readers of every format.

Notes are their maker's alone and stay when access ends; whoever keeps one has passed the gate.
"""

from content.services.notes.keeping import drop_note, keep_note, notes_in
from content.services.notes.notebook import notebook, notebook_name
from content.services.notes.sent import NoteSent, parse_note, plain, shown

__all__ = [
    "NoteSent",
    "drop_note",
    "keep_note",
    "notebook",
    "notebook_name",
    "notes_in",
    "parse_note",
    "plain",
    "shown",
]
