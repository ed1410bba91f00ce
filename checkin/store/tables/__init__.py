"""Row classes, one file a subject, no rules in them. Importing this package knows every table of the trunk."""

from checkin.store.columns import Row
from checkin.store.tables.check_ins import CheckInRow, ScheduleRow
from checkin.store.tables.consent import ConsentRow
from checkin.store.tables.escalations import EscalationRow, OfferRow, TimelineRow
from checkin.store.tables.handoffs import HandoffRow
from checkin.store.tables.illness import IllnessRow
from checkin.store.tables.inbox import InboundRow
from checkin.store.tables.look_ins import ContactRow, LookInRow
from checkin.store.tables.outbox import DeliveryRow
from checkin.store.tables.people import (
    CircleRow,
    CoordinatorRow,
    ExclusionRow,
    MemberRow,
    PersonRow,
    VolunteerRow,
)
from checkin.store.tables.system import AuditRow, CatchUpRow, HeartbeatRow, InstallationRow, SenderRow
from checkin.store.tables.tasks import TaskRow

__all__ = [
    "AuditRow",
    "CatchUpRow",
    "CheckInRow",
    "CircleRow",
    "ConsentRow",
    "ContactRow",
    "CoordinatorRow",
    "DeliveryRow",
    "EscalationRow",
    "ExclusionRow",
    "HandoffRow",
    "HeartbeatRow",
    "IllnessRow",
    "InboundRow",
    "InstallationRow",
    "LookInRow",
    "MemberRow",
    "OfferRow",
    "PersonRow",
    "Row",
    "ScheduleRow",
    "SenderRow",
    "TaskRow",
    "TimelineRow",
    "VolunteerRow",
]
