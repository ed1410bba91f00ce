"""Who is a member, by name: names are sealed, so that no query can search or sort them. Kept in memory by each process.

Before each use it takes in who is new, and whoever's record was written since (the access log says whose). All of it
is read anew now and then. What is found is looked up again by id, so that an old entry shows nothing that is no
longer true.
"""

import threading
import unicodedata
from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, LargeBinary, func, select, type_coerce
from sqlalchemy.orm import Session

from checkin.store.sealed import unseal
from checkin.store.tables import AuditRow, MemberRow, PersonRow

_WHOLE_AFTER = timedelta(minutes=10)
_MOST_CHANGED = 1000
"""More than so many changes at once, an import perhaps: everybody is read anew."""

_QUERY = (
    select(
        MemberRow.id,
        MemberRow.circle_id,
        type_coerce(PersonRow.name, LargeBinary).label("name"),
        type_coerce(PersonRow.phone, LargeBinary).label("phone"),
        MemberRow.erased_at,
    )
    .join(PersonRow, PersonRow.id == MemberRow.person_id)
    .order_by(MemberRow.id)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A member. `folded`: the name without accents and capitals; `end`: the last four digits of the number."""

    member: int
    circle: int
    folded: str
    end: str


@dataclass
class Directory:
    """All members of this installation, as one process knows them."""

    _entries: dict[int, Entry] = field(default_factory=dict)
    _sealed: dict[int, int] = field(default_factory=dict)
    _by_name: list[Entry] = field(default_factory=list)
    _newest: int = 0
    _logged: int | None = None
    _read_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def by_name(self, session: Session, circles: frozenset[int] | None, now: datetime) -> Sequence[Entry]:
        """The members of these circles (None: all), in the order of their names."""
        with self._lock:
            self._refresh(session, now)
            known = self._by_name
        if circles is None:
            return known
        return [entry for entry in known if entry.circle in circles]

    def _refresh(self, session: Session, now: datetime) -> None:
        logged, written = self._written(session)
        late = self._read_at is None or not timedelta(0) <= now - self._read_at < _WHOLE_AFTER
        if late or len(written) > _MOST_CHANGED:
            self._read(session, None)
            self._read_at = now
        else:
            self._read(session, (MemberRow.id > self._newest) | MemberRow.person_id.in_(written))
        self._logged = logged

    def _written(self, session: Session) -> tuple[int, set[int]]:
        """How far the access log goes, and whose records it names since it was last looked at."""
        if self._logged is None:
            return session.scalar(select(func.max(AuditRow.id))) or 0, set()
        rows = session.execute(
            select(AuditRow.id, AuditRow.person_id).where(AuditRow.id > self._logged).limit(_MOST_CHANGED * 2)
        ).all()
        return max((number for number, _ in rows), default=self._logged), {who for _, who in rows if who is not None}

    def _read(self, session: Session, which: ColumnElement[bool] | None) -> None:
        query = _QUERY if which is None else _QUERY.where(which)
        entries, sealed = dict[int, Entry](), dict[int, int]()
        erased = set[int]()
        changed = list[Entry]()
        for member, circle, name, phone, erased_at in session.execute(query):
            if erased_at is not None:
                erased.add(member)
                continue
            mark = hash((circle, bytes(name), bytes(phone)))
            if self._sealed.get(member) == mark:
                entries[member] = self._entries[member]
            else:
                entries[member] = Entry(member, circle, folded(unseal(bytes(name))), unseal(bytes(phone))[-4:])
                changed.append(entries[member])
            sealed[member] = mark
        if which is None:
            self._entries, self._sealed = entries, sealed
            self._by_name = sorted(entries.values(), key=_in_order)
        else:
            self._take_in(changed, erased)
            self._entries |= entries
            self._sealed |= sealed
        self._newest = max(self._newest, max(entries, default=0), max(erased, default=0))

    def _take_in(self, changed: Sequence[Entry], erased: set[int]) -> None:
        for member in erased & self._entries.keys():
            del self._entries[member], self._sealed[member]
        numbers = {entry.member for entry in changed} | erased
        if not numbers:
            return
        kept = [entry for entry in self._by_name if entry.member not in numbers]
        for entry in changed:
            insort(kept, entry, key=_in_order)
        self._by_name = kept


def _in_order(entry: Entry) -> tuple[str, int]:
    return entry.folded or "\uffff", entry.member


def found(entries: Iterable[Entry], words: str) -> list[Entry]:
    """Those whose name has all these words in it, or whose number ends in these four digits."""
    wanted = folded(words).split()
    if len(wanted) == 1 and wanted[0].isdecimal() and len(wanted[0]) == 4:
        return [entry for entry in entries if entry.end == wanted[0]]
    left = list(entries)
    for word in wanted:
        left = [entry for entry in left if word in entry.folded]
    return left


def folded(text: str) -> str:
    """A text as it is compared: without accents and capitals."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())
