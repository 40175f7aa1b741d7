"""Questions and replies under parts: the one way in, for pages and for every format.

A format lets its maker switch the discussion of a product on (``set_state``), and leads to
``content:questions`` where ``is_on`` says so. Everything else is done here.
"""

from content.services.discussion.moderating import (
    answer,
    hide,
    remove,
    set_locked,
    settle,
    show_again,
    silence,
    speak_again,
)
from content.services.discussion.room import (
    HAVING,
    Room,
    enter,
    is_on,
    on_for,
    set_state,
    state_of,
)
from content.services.discussion.saying import (
    Words,
    ask,
    edit,
    find_said,
    follow,
    reply,
    report,
    take_back,
    unfollow,
)
from content.services.discussion.showing import page_of, thread_of

__all__ = [
    "HAVING",
    "Room",
    "Words",
    "answer",
    "ask",
    "edit",
    "enter",
    "find_said",
    "follow",
    "hide",
    "is_on",
    "on_for",
    "page_of",
    "remove",
    "reply",
    "report",
    "set_locked",
    "set_state",
    "settle",
    "show_again",
    "silence",
    "speak_again",
    "state_of",
    "take_back",
    "thread_of",
    "unfollow",
]
