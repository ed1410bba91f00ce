"""Rows by their key: what `Session.get` promises holds."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import NoResultFound

from checkin.store.by_key import KeyedSession
from checkin.store.tables import PersonRow
from tests.town import Town


def test_a_row_is_found_once_and_read_anew_where_that_is_asked_for(town: Town) -> None:
    with town.in_session() as session:
        assert isinstance(session, KeyedSession)
        person = session.get_one(PersonRow, 1)
        assert session.get(PersonRow, 1) is person
        changed = update(PersonRow).where(PersonRow.id == 1).values(country="CA")
        session.execute(changed, execution_options={"synchronize_session": False})
        assert session.get_one(PersonRow, 1).country != "CA"
        assert session.get(PersonRow, 1, populate_existing=True) is person
        assert person.country == "CA"


def test_a_row_that_is_gone_is_not_found(town: Town) -> None:
    with town.in_session() as session:
        assert session.get(PersonRow, 999) is None
        with pytest.raises(NoResultFound):
            session.get_one(PersonRow, 999)
