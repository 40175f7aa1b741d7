"""The months of a club in its workspace: the list, one of them, giving it out, taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from access.models import Access
from core import clock
from memberships.errors import AlreadyTold, NotReady
from memberships.forms import MonthForm
from memberships.models import Club, Drop
from memberships.rules import day_of
from memberships.services import months
from memberships.services.pieces import KINDS, pieces_of, titles_in
from memberships.services.showing import kind_in_words
from products.models import Part
from products.services.moments import in_words, short_day
from stores.admin import Effect, Row, confirm, log
from stores.admin.site import staff_of
from stores.scope import current_store
from stores.services.log import write
from stores.services.opening import touch

SHOWN = 200


class MonthViews:
    """The pages about a club's months."""

    admin_site: Any
    opts: Any
    get_object: Any
    has_change_permission: Any
    has_view_permission: Any
    url_for: Any
    url_of: Any
    tabs: Any
    back_url: Any

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the addresses of these pages."""
        pages = {
            "months": ("months/", self.months_view),
            "month_add": ("months/add/", self.month_add_view),
            "month": ("months/<int:drop_pk>/", self.month_view),
            "month_out": ("months/<int:drop_pk>/out/", self.month_out_view),
            "month_back": ("months/<int:drop_pk>/back/", self.month_back_view),
            "month_drop": ("months/<int:drop_pk>/drop/", self.month_drop_view),
        }
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            *(
                path(f"<int:pk>/{end}", view(page), name=f"{name}_{key}")
                for key, (end, page) in pages.items()
            ),
            *super().get_urls(),  # type: ignore[misc]  # of the admin this is mixed into
        ]

    def months_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List the months as sentences, the newest first, and offer the next."""
        club = self.club_of(request, pk, to_change=False)
        now = clock.now()
        may_change = self.has_change_permission(request, club)
        drops = list(
            Drop.objects.filter(club=club.pk).select_related("part").order_by("-number")[:SHOWN]
        )
        counts = titles_in(drop.part_id for drop in drops)
        number = months.next_number(club)
        context = {
            **self.admin_site.each_context(request),
            "title": club.title,
            "back_url": self.back_url(request, club),
            "tabs": self.tabs(request, club),
            "rows": [self._row(club, drop, counts.get(drop.part_id, []), now) for drop in drops],
            "add_url": self.url_for("month_add", club.pk) if may_change else "",
            "add_verb": add_verb(club, number, now),
            "lead": standing_of(club, now),
        }
        return TemplateResponse(request, "memberships/admin/months.html", context)

    def _row(self, club: Club, drop: Drop, inside: Sequence[str], now: datetime) -> Row:
        state, tone = state_of(drop, now)
        is_given = drop.part.published_at is not None
        step, page = (_("Open"), "month")
        if not is_given:
            step, page = (_("Give it out"), "month_out") if inside else (_("Fill it"), "month")
        return Row(
            name=drop.part.title,
            url=self.page_url("month", club, drop),
            state=state,
            tone=tone,
            detail=" · ".join(inside) or _("Nothing stands in it yet."),
            next_step=step,
            next_url=self.page_url(page, club, drop) if page != "month" or not is_given else "",
        )

    def month_add_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what the next month will be; add it on POST and open it."""
        club = self.club_of(request, pk)
        now = clock.now()
        if request.method == "POST":
            drop = months.add_month(club, now)
            write(staff_of(request), log.ADD, drop)
            messages.success(request, _("Nobody sees it before you give it out."))
            return HttpResponseRedirect(self.page_url("month", club, drop))
        number = months.next_number(club)
        effect = Effect(
            title=add_verb(club, number, now),
            verb=add_verb(club, number, now),
            sentences=[will_open(club, number, now), _("Nobody sees it before you give it out.")],
            back_url=self.url_for("months", club.pk),
        )
        return confirm(request, effect)

    def month_view(self, request: HttpRequest, pk: int, drop_pk: int) -> HttpResponse:
        """Show one month with its pieces; keep its name on POST."""
        to_change = request.method == "POST"
        club = self.club_of(request, pk, to_change=to_change)
        drop, now = drop_of(club, drop_pk), clock.now()
        form = MonthForm(request.POST if to_change else None, initial={"title": drop.part.title})
        if to_change and form.is_valid():
            Part.objects.filter(pk=drop.part_id).update(title=form.cleaned_data["title"])
            touch(current_store())
            write(staff_of(request), log.CHANGE, drop)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(request.path)
        may_change = self.has_change_permission(request, club)
        shown = pieces_of(drop)
        standing = [part for part in shown if part.published_at is not None]
        state, tone = state_of(drop, now)
        address = club.slug or club.public_id
        context = {
            **self.admin_site.each_context(request),
            "title": drop.part.title,
            "back_url": self.url_for("months", club.pk),
            "tabs": self.tabs(request, club),
            "state": state,
            "tone": tone,
            "lead": opens_in_words(drop, now),
            "form": form,
            "pieces": [self._piece(club, drop, part, standing) for part in shown],
            "may_change": may_change,
            "adds": self._adds(club, drop) if may_change else (),
            "acts": self._acts(club, drop, now) if may_change else (),
            "out_url": self.page_url("month_out", club, drop)
            if may_change and drop.part.published_at is None and standing
            else "",
            "look_url": reverse("memberships:month", args=[address, drop.part.public_id]),
        }
        return TemplateResponse(request, "memberships/admin/month.html", context)

    def _piece(
        self, club: Club, drop: Drop, part: Part, standing: Sequence[Part]
    ) -> dict[str, Any]:
        at = next((at for at, each in enumerate(standing) if each.pk == part.pk), None)
        here = [club.pk, drop.pk, part.pk]
        moves = []
        if at is not None and at > 0:
            words = _("Move “%(title)s” up") % {"title": part.title}
            moves.append(("up", words, self.url_for("piece_up", *here)))
        if at is not None and at < len(standing) - 1:
            words = _("Move “%(title)s” down") % {"title": part.title}
            moves.append(("down", words, self.url_for("piece_down", *here)))
        return {
            "part": part,
            "kind": kind_in_words(part),
            "url": self.url_for("piece", *here),
            "moves": moves,
            "out_url": self.url_for("piece_out", *here) if at is not None else "",
            "in_url": self.url_for("piece_in", *here) if at is None else "",
        }

    def _adds(self, club: Club, drop: Drop) -> list[tuple[str, str]]:
        words = (_("Add a text"), _("Add a recording"), _("Add a film"), _("Add a file"))
        return [
            (verb, self.url_for("piece_add", club.pk, drop.pk, kind))
            for verb, kind in zip(words, KINDS, strict=True)
        ]

    def _acts(self, club: Club, drop: Drop, now: datetime) -> list[tuple[str, str]]:
        found = []
        if months.can_be_taken_back(drop, now):
            found.append(
                (pgettext("a month", "Take it back"), self.page_url("month_back", club, drop))
            )
        if months.may_be_dropped(drop):
            found.append((_("Take this month away"), self.page_url("month_drop", club, drop)))
        return found

    def month_out_view(self, request: HttpRequest, pk: int, drop_pk: int) -> HttpResponse:
        """Say how many get a month and when, before it is given out; give it out on POST."""
        club = self.club_of(request, pk)
        drop, now = drop_of(club, drop_pk), clock.now()
        if drop.part.published_at is not None:
            return HttpResponseRedirect(self.page_url("month", club, drop))
        blockers: list[str] = []
        if request.method == "POST":
            try:
                given = months.give_out(drop, now)
            except NotReady as missing:
                blockers = [missing.sentence]
            else:
                write(staff_of(request), log.SEND_OUT, given)
                messages.success(request, opens_in_words(given, now))
                return HttpResponseRedirect(self.page_url("month", club, drop))
        elif not months.pieces_in(drop):
            blockers = [
                _("Nothing stands in it yet. Put in a text, a recording, a film or a file.")
            ]
        effect = Effect(
            title=_("Give out “%(title)s”?") % {"title": drop.part.title},
            verb=_("Give it out"),
            sentences=[] if blockers else will_be_given(club, drop, now),
            back_url=self.page_url("month", club, drop),
            blockers=blockers,
        )
        return confirm(request, effect)

    def month_back_view(self, request: HttpRequest, pk: int, drop_pk: int) -> HttpResponse:
        """Ask before taking back a month nobody was told of; take it back on POST."""
        club = self.club_of(request, pk)
        drop, now = drop_of(club, drop_pk), clock.now()
        if drop.part.published_at is None:
            return HttpResponseRedirect(self.page_url("month", club, drop))
        blockers: list[str] = []
        if request.method == "POST":
            try:
                months.take_back(drop, now)
            except AlreadyTold as late:
                blockers = [late.sentence]
            else:
                write(staff_of(request), log.CHANGE, drop)
                messages.success(
                    request, pgettext("a month", "It is back with you. Nobody was told.")
                )
                return HttpResponseRedirect(self.page_url("month", club, drop))
        elif not months.can_be_taken_back(drop, now):
            blockers = [_("Your members were told of it, so it stays. You can still change it.")]
        effect = Effect(
            title=_("Take back “%(title)s”?") % {"title": drop.part.title},
            verb=pgettext("a month", "Take it back"),
            sentences=[] if blockers else [_("Nobody was told yet, and nobody is.")],
            back_url=self.page_url("month", club, drop),
            blockers=blockers,
        )
        return confirm(request, effect)

    def month_drop_view(self, request: HttpRequest, pk: int, drop_pk: int) -> HttpResponse:
        """Ask before taking the last month away, which nothing stands in; do it on POST."""
        club = self.club_of(request, pk)
        drop = drop_of(club, drop_pk)
        if not months.may_be_dropped(drop):
            blockers = [_("Only the last month goes, and only while nothing was put into it.")]
        else:
            blockers = []
        if request.method == "POST" and not blockers:
            write(staff_of(request), log.DELETE, drop)
            months.drop_empty(drop)
            messages.success(request, _("It is gone. “Add” makes it anew."))
            return HttpResponseRedirect(self.url_for("months", club.pk))
        effect = Effect(
            title=_("Take “%(title)s” away?") % {"title": drop.part.title},
            verb=pgettext("a month", "Take it away"),
            sentences=[] if blockers else [_("Nothing stands in it, so nothing is lost.")],
            back_url=self.page_url("month", club, drop),
            blockers=blockers,
        )
        return confirm(request, effect)

    def club_of(self, request: HttpRequest, pk: int, *, to_change: bool = True) -> Club:
        """Return the club asked for, for who may look at it, or change it."""
        club: Club | None = self.get_object(request, str(pk))
        if club is None:
            raise Http404
        may = self.has_change_permission if to_change else self.has_view_permission
        if not may(request, club):
            raise PermissionDenied
        return club

    def page_url(self, page: str, club: Club, drop: Drop) -> str:
        """Return the address of a page about one month."""
        url: str = self.url_for(page, club.pk, drop.pk)
        return url


def drop_of(club: Club, pk: int) -> Drop:
    """Return one of a club's months; 404 where there is no such."""
    rows = Drop.objects.filter(club=club.pk).select_related("part__product", "club")
    try:
        found: Drop | None = rows.filter(pk=pk).first()
    except OverflowError:  # SQLite compares no number beyond 64 bits
        found = None
    if found is None:
        raise Http404
    return found


def add_verb(club: Club, number: int, now: datetime) -> str:
    """Return "Add March"."""
    return _("Add %(month)s") % {"month": months.name_in(club, number, now, is_short=True)}


def state_of(drop: Drop, now: datetime) -> tuple[str, str]:
    """Return how a month stands, in a word, and its tone."""
    day = months.opening_day(drop)
    if drop.part.published_at is None:
        is_late = day is not None and clock.start_of_day(day, current_store().zone) <= now
        return (_("late"), "bad") if is_late else (_("not given out"), "warn")
    if drop.part.published_at > now:
        return _("ready for its day"), "good"
    return _("open"), "good"


def standing_of(club: Club, now: datetime) -> str:
    """Return in a line what is ready ahead."""
    ahead = Drop.objects.filter(club=club.pk, part__published_at__gt=now).count()
    if club.mode == Club.Mode.TENURE:
        return _("Each member begins at the first; what they paid for opens the next.")
    if not ahead:
        return _("Nothing is ready ahead.")
    said = ngettext("%(n)d is ready ahead.", "%(n)d are ready ahead.", ahead)
    return said % {"n": ahead}


def will_open(club: Club, number: int, now: datetime) -> str:
    """Return when the next month will open."""
    if club.mode == Club.Mode.TENURE:
        return _("It opens to each member when they have paid for it.")
    day = day_of(months.first_day(club, now), months.rhythm_of(club), number)
    moment = clock.start_of_day(day, current_store().zone)
    return _("It opens on %(day)s, for everyone.") % {"day": short_day(moment)}


def opens_in_words(drop: Drop, now: datetime) -> str:
    """Return when a month opens, or that it did."""
    day, published = months.opening_day(drop), drop.part.published_at
    if published is not None and published <= now:
        if months.can_be_taken_back(drop, now) and drop.due_at is not None:
            said = _("Open. Members are told %(when)s; until then you can take it back.")
            return said % {"when": in_words(drop.due_at)}
        return _("Open since %(when)s.") % {"when": in_words(published)}
    if day is None:
        return _("It opens to each member when they have paid for it.")
    moment = clock.start_of_day(day, current_store().zone)
    return _("It opens on %(day)s, for everyone.") % {"day": short_day(moment)}


def will_be_given(club: Club, drop: Drop, now: datetime) -> list[str]:
    """Return how many get a month and when, before it is given out."""
    people = Access.objects.live(now).filter(product=club.pk).values("customer").distinct().count()
    day = months.opening_day(drop)
    at = clock.start_of_day(day, current_store().zone) if day is not None else now
    if club.mode == Club.Mode.TENURE:
        who = _("Each member gets it when they have paid for it.")
    elif not people:
        who = _("Nobody is a member yet, so nobody is told.")
    elif at > now:
        who = ngettext(
            "%(n)d member gets it on %(day)s, and a mail that morning.",
            "%(n)d members get it on %(day)s, and a mail that morning.",
            people,
        ) % {"n": people, "day": short_day(at)}
    else:
        who = ngettext(
            "%(n)d member gets it now, and a mail in ten minutes.",
            "%(n)d members get it now, and a mail in ten minutes.",
            people,
        ) % {"n": people}
    return [who, _("Until they are told you can take it back.")]
