"""Which page of the console a visit is to."""

from __future__ import annotations

from sandbox.control import Control
from sandbox.pages.console import happenings, levers, objects, overview
from sandbox.pages.console.desk import Desk
from sandbox.wire import Request, Response
from sandbox.world import World

PAGES = {
    "": overview.show,
    "objects": objects.kinds,
    "events": happenings.events,
    "deliveries": happenings.deliveries,
    "calls": happenings.calls,
}
PAGES_OF = {"objects": objects.of_kind, "object": objects.one}


def serve(world: World, control: Control, request: Request) -> Response:
    """Answer `/_console/…`, and the buttons on it."""
    desk = Desk(world, control, request)
    if request.method == "POST":
        return levers.press(desk)
    world.run_due_jobs()
    first, _, about = request.path.removeprefix("/_console").strip("/").partition("/")
    if about and first in PAGES_OF and objects.NAME.fullmatch(about):
        return PAGES_OF[first](desk, about)
    if first in PAGES and not about:
        return PAGES[first](desk)
    return desk.page("There is no such page", status=404)
