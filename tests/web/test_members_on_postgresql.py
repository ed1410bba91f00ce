"""Members on PostgreSQL: two coordinators who save the same member's page at the same moment."""

import threading
from collections.abc import Callable

import pytest

from checkin.handlers import members_kept
from checkin.store.tables import ExclusionRow, MemberRow
from tests.desk import Desk, desk_of
from tests.postgres import NEEDS_POSTGRES
from tests.town import DORA, EVE, Town

pytestmark = NEEDS_POSTGRES


@pytest.fixture
def town(town_on_postgresql: Town) -> Town:
    """All of this file is played there."""
    return town_on_postgresql


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each of these came to, all begun at the same moment."""
    together, answers = threading.Barrier(len(works)), list[object]()

    def begins(work: Callable[[], object]) -> None:
        together.wait()
        answers.append(work())

    threads = [threading.Thread(target=begins, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def saves(desk: Desk, **given: str) -> Callable[[], int]:
    """A coordinator has Sam's page open, and has this on it."""
    page = desk.opens("/members/1/edit")
    return lambda: desk.presses(page, "Save", **given).status


def test_of_two_who_save_one_field_at_once_one_is_told_and_other_fields_do_not_disturb(town: Town) -> None:
    dora, eve = desk_of(town, DORA), desk_of(town, EVE)
    for count in range(8):
        statuses = at_once(saves(dora, prefers=f"a woman {count}"), saves(eve, prefers=f"a man {count}"))
        assert {*statuses} == {200, 409}
        assert at_once(saves(dora, prefers=f"all {count}"), saves(eve, topics=f"work {count}")) == [200, 200]
        [sam] = town.rows(MemberRow)
        assert (sam.prefers, sam.topics) == (f"all {count}", [f"work {count}"])


def test_two_who_exclude_at_once_undo_nothing_of_each_other(town: Town) -> None:
    def excludes(added: set[int], removed: set[int]) -> Callable[[], object]:
        change = frozenset(added), frozenset(removed)
        return lambda: town.services.act(lambda session: members_kept.excludes(session, 1, *change, "test", town.time))

    for _ in range(30):
        assert at_once(excludes({1, 2}, set()), excludes({2}, set())) == [None, None]
        assert {row.volunteer_id for row in town.rows(ExclusionRow)} == {1, 2}
        assert at_once(excludes(set(), {1}), excludes(set(), {2})) == [None, None]
        assert town.rows(ExclusionRow) == []
