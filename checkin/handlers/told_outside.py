"""What happened becomes rows for the addresses of other systems, in the same transaction. Ids and codes alone.

Where nobody asked to be told, this costs one look a transaction.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import check_in as answering
from checkin.domain import escalation as cases
from checkin.domain.check_in import Answered, CheckIn
from checkin.domain.escalation import Acknowledged, Escalation
from checkin.domain.webhooks import WebEvent
from checkin.store import webhooks
from checkin.store.tables import MemberRow


def opted_out(session: Session, member: MemberRow, how: str, now: datetime) -> None:
    """A member ended contact."""
    data = {"member": member.id, "how": how}
    webhooks.happened(session, WebEvent.MEMBER_OPTED_OUT, member.circle_id, data, now)


def check_in_moved(session: Session, before: CheckIn, after: CheckIn, event: answering.Event, now: datetime) -> None:
    """A check-in was answered, or missed for good."""
    if after.state is before.state:
        return
    data: dict[str, object] = {"check_in": after.id, "member": after.member}
    if after.state is answering.State.ANSWERED and isinstance(event, Answered):
        level = event.level.value if event.level is not None else None
        data |= {"rating": event.rating, "level": level}
        webhooks.happened(session, WebEvent.CHECK_IN_ANSWERED, after.circle, data, now)
    elif after.state is answering.State.MISSED:
        webhooks.happened(session, WebEvent.CHECK_IN_MISSED, after.circle, data, now)


def case_opened(session: Session, case: Escalation, now: datetime) -> None:
    """A case was written."""
    webhooks.happened(session, WebEvent.ESCALATION_OPENED, case.circle, _about(case), now)


def case_moved(session: Session, before: Escalation, after: Escalation, event: cases.Event, now: datetime) -> None:
    """A coordinator has it, two are in touch, or a person closed it."""
    if isinstance(event, Acknowledged) and after != before:
        webhooks.happened(session, WebEvent.ESCALATION_ACKNOWLEDGED, after.circle, _about(after), now)
    if after.state is before.state:
        return
    if after.state is cases.State.IN_TOUCH:
        webhooks.happened(session, WebEvent.ESCALATION_IN_TOUCH, after.circle, _about(after), now)
    elif after.state is cases.State.CLOSED:
        webhooks.happened(session, WebEvent.ESCALATION_CLOSED, after.circle, _about(after), now)


def _about(case: Escalation) -> dict[str, object]:
    return {
        "escalation": case.id,
        "member": case.member,
        "level": case.level.value,
        "cause": case.cause.value,
        "state": case.state.value,
    }
