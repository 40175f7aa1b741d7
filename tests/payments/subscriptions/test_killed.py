"""``kill -9`` before any statement of what returns: the sweeps bring it to the same end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from payments.models import Bill
from products.models import Price
from sandbox.rhythm import step
from sandbox.testing import HOUR, LiveSandbox
from stores.scope import store_scope
from tests.payments.instalments.payer import make_spread
from tests.payments.killing import Nursery
from tests.payments.subscriptions.lives import Lives, came_to
from tests.payments.subscriptions.member import Member, make_club

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.once,
]
SAMPLE = 4
"""So many are killed of a story where not every moment is walked through."""
PARTS = 8
"""The whole walk is so many tests: each kills at every eighth moment."""
MANY = 20
"""So often a charge is refused: more often than Stripe tries."""


@dataclass(frozen=True)
class Story:
    """What is lived up to the act that is killed, and that act."""

    name: str
    make: Callable[[], Price]
    live: Callable[[Lives], None]
    act: Callable[[Lives, Member], tuple[str, dict[str, Any]]]
    most: int
    """It has no more moments than that."""
    offset: int = 1
    """Where the sample begins."""


def a_month(lives: Lives) -> None:
    lives.sandbox.advance(months=1, hours=2)


def all_but_the_last_month(lives: Lives) -> None:
    began = lives.sandbox.now()
    for month in (1, 2, 3):
        lives.hear()
        lives.beat()
        lives.sandbox.set_clock(step(began, "month", month) + 2 * HOUR)


def all_four(lives: Lives) -> None:
    all_but_the_last_month(lives)
    lives.hear()


def ten_days(lives: Lives) -> None:
    lives.later(days=10)


def a_month_refused(lives: Lives) -> None:
    lives.sandbox.after_last_retry("past_due")
    for member in lives.members:
        lives.sandbox.fail_next_renewal(
            member.subscription.stripe_id, code="insufficient_funds", times=MANY
        )
    a_month(lives)


def days_to_fix_over(lives: Lives) -> None:
    a_month_refused(lives)
    lives.hear()
    lives.beat()
    lives.later(days=8)


def a_hold(lives: Lives) -> None:
    days_to_fix_over(lives)
    lives.beat()


def a_hold_paid(lives: Lives) -> None:
    a_hold(lives)
    for member in lives.members:
        with store_scope(member.shop.store):
            lives.sandbox.pay_invoice(Bill.objects.refused().get().stripe_id)


def a_hold_over(lives: Lives) -> None:
    a_hold(lives)
    lives.later(days=31)


def hear(kind: str) -> Callable[[Lives, Member], tuple[str, dict[str, Any]]]:
    def act(lives: Lives, member: Member) -> tuple[str, dict[str, Any]]:
        return "hear", {"event": lives.told_of(member, kind)}

    return act


def sweep(_lives: Lives, member: Member) -> tuple[str, dict[str, Any]]:
    return "sweep", {"store": member.shop.store.public_id}


def reconcile(_lives: Lives, member: Member) -> tuple[str, dict[str, Any]]:
    return "reconcile", {"store": member.shop.store.public_id}


def leave(_lives: Lives, member: Member) -> tuple[str, dict[str, Any]]:
    return "leave_today", {"subscription": member.subscription.public_id}


USUAL = (
    Story("a month is paid", make_club, a_month, hear("invoice.paid"), 208, 2),
    Story("a hold begins", make_club, days_to_fix_over, sweep, 160, 3),
    Story("a charge of four", make_spread, a_month, hear("invoice.paid"), 144, 8),
    Story("left today", make_club, ten_days, leave, 256, 1),
)
MORE = (
    Story("a card is refused", make_club, a_month_refused, hear("invoice.payment_failed"), 120),
    Story("a hold is paid", make_club, a_hold_paid, hear("invoice.paid"), 240),
    Story("a hold ends unpaid", make_club, a_hold_over, sweep, 560),
    Story("the last of four", make_spread, all_but_the_last_month, hear("invoice.paid"), 144),
    Story("all four are paid", make_spread, all_four, reconcile, 240),
)
STORIES = (*USUAL, *MORE)
ALONE = [each for each in STORIES if each.act is not leave]
"""What nobody has to wish for."""


def live_and_kill(
    sandbox: LiveSandbox,
    nursery: Nursery,
    story: Story,
    *,
    count: int,
    moments: Callable[[int], range],
) -> None:
    """Let so many live a story, spare the first one, and kill each other at a moment of its own.

    ``moments`` says which, of how many the first one had. In the end all came to the same.
    """
    lives = Lives(sandbox)
    lives.begin(count + 1, story.make)
    story.live(lives)
    spared, *killed = lives.members
    passed = nursery.spare(lives.now, *story.act(lives, spared))
    chosen = moments(passed)
    assert len(chosen) <= count, passed
    for member, moment in zip(killed, chosen, strict=False):
        nursery.kill_at(lives.now, moment, *story.act(lives, member))
    lives.come_to_rest()
    if story.act is leave:
        _press_again(lives, nursery, killed)
    lives.assert_all_agrees()
    wanted = came_to(spared)
    for member, moment in zip(killed, chosen, strict=False):
        assert came_to(member) == wanted, f"killed at {moment} of {passed}"


def _press_again(lives: Lives, nursery: Nursery, killed: list[Member]) -> None:
    """Who saw nothing happen, and of whose wish nothing was written, wishes again."""
    for member in killed:
        subscription = member.subscription
        if subscription.ended_at is None:
            with store_scope(member.shop.store):
                assert not subscription.calls.exists()
            nursery.spare(lives.now, *leave(lives, member))
    lives.come_to_rest()


@pytest.mark.parametrize("story", USUAL, ids=lambda story: story.name)
def test_killed_here_and_there_it_ends_the_same(
    sandbox: LiveSandbox, nursery: Nursery, story: Story, db: None
) -> None:
    def some(passed: int) -> range:
        return range(story.offset, passed + 1, -(-passed // SAMPLE))

    live_and_kill(sandbox, nursery, story, count=SAMPLE, moments=some)


def kill_every_sweep(sandbox: LiveSandbox, nursery: Nursery, story: Story, stride: int) -> None:
    """Let two live a story, and one of them to its end; for the other the sweeps come by.

    They are killed again and again, each time so many moments later than the last, until they
    come to their end.
    """
    lives = Lives(sandbox)
    lives.begin(2, story.make)
    story.live(lives)
    spared, waiting = lives.members
    nursery.spare(lives.now, *story.act(lives, spared))
    moment = 1
    while nursery.is_killed_at(lives.now, moment, "beat", {}):
        moment += stride
        sandbox.forward(61)
    lives.come_to_rest()
    lives.assert_all_agrees()
    assert came_to(waiting) == came_to(spared)


def test_a_month_whose_sweeps_are_killed_again_and_again_ends_the_same(
    sandbox: LiveSandbox, nursery: Nursery, db: None
) -> None:
    kill_every_sweep(sandbox, nursery, STORIES[0], 19)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("story", ALONE, ids=lambda story: story.name)
def test_all_sweeps_killed_again_and_again_it_ends_the_same(
    sandbox: LiveSandbox, nursery: Nursery, story: Story, db: None
) -> None:
    kill_every_sweep(sandbox, nursery, story, 2)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(1, PARTS + 1))
@pytest.mark.parametrize("story", USUAL, ids=lambda story: story.name)
def test_killed_before_any_statement_it_ends_the_same(
    sandbox: LiveSandbox, nursery: Nursery, story: Story, part: int, db: None
) -> None:
    walk(sandbox, nursery, story, part)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("story", MORE, ids=lambda story: story.name)
def test_killed_before_every_eighth_statement_it_ends_the_same(
    sandbox: LiveSandbox, nursery: Nursery, story: Story, db: None
) -> None:
    walk(sandbox, nursery, story, MORE.index(story) + 1)


def walk(sandbox: LiveSandbox, nursery: Nursery, story: Story, first: int) -> None:
    """Kill at every eighth moment, from the ``first`` on."""

    def mine(passed: int) -> range:
        return range(first, passed + 1, PARTS)

    live_and_kill(sandbox, nursery, story, count=story.most // PARTS, moments=mine)
