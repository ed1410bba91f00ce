"""Results by API: plain counts; of a group under five nothing is told, nor can it be worked out from a sum."""

from datetime import timedelta

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.store import consent, people
from checkin.store.session import transaction
from checkin.store.tables import CheckInRow, EscalationRow, MemberRow
from tests.api.conftest import Program, program
from tests.town import Town
from workers.day_figures import count_all


def grow(town: Town, circle: int, members: int, first: int) -> None:
    """So many members, each with a check-in that was answered (4), and one that was missed."""
    with transaction(town.services.engine) as session:
        for number in range(first, first + members):
            person = people.ensure(session, Phone(f"+120255501{number}"), town.time)
            member = MemberRow(person_id=person.id, circle_id=circle, created_at=town.time)
            session.add(member)
            session.flush()
            for days, state, rating in (
                (1, "answered", 4),
                (2, "missed", None),
                (40, "answered", 1),
                (1.5, "skipped", None),
            ):
                due = town.time - timedelta(days=days)
                session.add(
                    CheckInRow(member_id=member.id, due_at=due, channel="sms", state=state, rating=rating, policy={})
                )
        session.add(
            EscalationRow(
                member_id=member.id,
                circle_id=circle,
                cause="missed",
                level="concern",
                state="closed",
                opened_at=town.time - timedelta(days=1),
                policy={},
                facts={},
            )
        )
        consent.record(session, PersonId(member.person_id), Consent.OUT, "text", town.time - timedelta(hours=1))


def test_counts_of_a_period(other: Program) -> None:
    grow(other.town, 1, 5, 20)
    grow(other.town, 2, 4, 40)
    found = other.gets("/results")
    assert found["circles"][1] == {"circle": 2, "counts": None}
    assert found["circles"][0]["counts"] == {
        "members": 6,
        "asked": 10,
        "answered": 5,
        "missed": 5,
        "unreached": 0,
        "response_rate": 0.5,
        "mean_rating": 4.0,
        "ratings": {"4": 5},
        "escalations": {"any": 1},
        "opt_outs": 1,
        "waiting": 0,
        "answer_after": None,
        "human_after": None,
        "texts": 0,
        "calls": 0,
        "cost": {},
    }
    assert found["all"] == found["circles"][0]["counts"], "the small group is in no sum"
    assert other.gets("/results?circle=2")["all"] is None
    longer = other.gets("/results?since=2026-10-01T00:00:00Z")["all"]
    assert (longer["answered"], longer["mean_rating"]) == (10, 2.5)


def test_what_was_kept_is_told_as_what_is_counted_anew(other: Program) -> None:
    grow(other.town, 1, 5, 20)
    before = other.gets("/results?since=2026-10-01T00:00:00Z")
    assert count_all(other.town.services) > 20
    assert other.gets("/results?since=2026-10-01T00:00:00Z") == before


def test_a_period_that_makes_no_sense_is_refused(other: Program) -> None:
    for query in (
        "since=2026-11-01T00:00:00Z&until=2026-11-01T00:00:00Z",
        "since=2020-11-01T00:00:00Z",
        "until=0001-01-01T00:00:00Z",
        "since=1800000000",
        "since=2026-11-01",
    ):
        assert other.refused("GET", f"/results?{query}") == (422, "bad_field"), query


def test_a_key_of_one_circle_counts_that_circle(town: Town) -> None:
    grow(town, 1, 5, 20)
    assert [each["circle"] for each in program(town, circles=[1]).gets("/results")["circles"]] == [1]
