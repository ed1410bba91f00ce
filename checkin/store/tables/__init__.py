"""Row classes, one file a subject, no rules in them. Importing this package knows every table of the trunk."""

from checkin.store.columns import Row
from checkin.store.tables.accounts import (
    AccountRow,
    AnswersForRow,
    InvitationRow,
    PasskeyRow,
    SignedInRow,
    SignInTriesRow,
)
from checkin.store.tables.api import ApiAnswerRow, ApiKeyRow, WebhookEventRow, WebhookRow
from checkin.store.tables.check_ins import CheckInRow, CircleScheduleRow, ScheduleRow
from checkin.store.tables.consent import ConsentRow
from checkin.store.tables.erasures import ErasureRow
from checkin.store.tables.escalations import STILL_OPEN, CaseNoteRow, EscalationRow, OfferRow, TimelineRow
from checkin.store.tables.figures import CountedDayRow, CountedMonthRow, DayFigureRow
from checkin.store.tables.handoffs import HandoffRow, WaitingRow
from checkin.store.tables.illness import IllnessRow
from checkin.store.tables.inbox import InboundRow
from checkin.store.tables.incoming import IncomingCallRow, PinRow, VoicemailRow
from checkin.store.tables.look_ins import ContactRow, LookInRow
from checkin.store.tables.members import CorrectionRow, MemberNoteRow, PeopleFileRow
from checkin.store.tables.outbox import DeliveryRow
from checkin.store.tables.own_pages import OwnPageRow
from checkin.store.tables.people import (
    CircleRow,
    CoordinatorRow,
    ExclusionRow,
    MemberRow,
    PersonRow,
    VolunteerRow,
)
from checkin.store.tables.shifts import FeedRow, ShiftChangeRow, SwapAskRow, SwapCoverRow, SwapListRow, SwapRow
from checkin.store.tables.system import AuditRow, CatchUpRow, HeartbeatRow, InstallationRow, SenderRow, UnfinishedRow
from checkin.store.tables.tasks import TaskRow
from checkin.store.tables.wordings import WordingRow

__all__ = [
    "STILL_OPEN",
    "AccountRow",
    "AnswersForRow",
    "ApiAnswerRow",
    "ApiKeyRow",
    "AuditRow",
    "CaseNoteRow",
    "CatchUpRow",
    "CheckInRow",
    "CircleRow",
    "CircleScheduleRow",
    "ConsentRow",
    "ContactRow",
    "CoordinatorRow",
    "CorrectionRow",
    "CountedDayRow",
    "CountedMonthRow",
    "DayFigureRow",
    "DeliveryRow",
    "ErasureRow",
    "EscalationRow",
    "ExclusionRow",
    "FeedRow",
    "HandoffRow",
    "HeartbeatRow",
    "IllnessRow",
    "InboundRow",
    "IncomingCallRow",
    "InstallationRow",
    "InvitationRow",
    "LookInRow",
    "MemberNoteRow",
    "MemberRow",
    "OfferRow",
    "OwnPageRow",
    "PasskeyRow",
    "PeopleFileRow",
    "PersonRow",
    "PinRow",
    "Row",
    "ScheduleRow",
    "SenderRow",
    "ShiftChangeRow",
    "SignInTriesRow",
    "SignedInRow",
    "SwapAskRow",
    "SwapCoverRow",
    "SwapListRow",
    "SwapRow",
    "TaskRow",
    "TimelineRow",
    "UnfinishedRow",
    "VoicemailRow",
    "VolunteerRow",
    "WaitingRow",
    "WebhookEventRow",
    "WebhookRow",
    "WordingRow",
]
