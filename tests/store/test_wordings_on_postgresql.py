"""Wordings on PostgreSQL: two writers at once are one and one who is told; no process keeps what was not committed."""

import threading
from pathlib import Path

from checkin.handlers.words_changed import word_set
from checkin.store.tables import WordingRow
from checkin.store.wordings import WrittenMeanwhile
from checkin.wiring import handbook
from tests.postgres import NEEDS_POSTGRES, Postgres
from tests.town import Town

pytestmark = NEEDS_POSTGRES
PLACE = (1, "sms", "en", "thanks_ok")


def test_of_two_who_write_at_once_one_is_told_and_all_say_the_last_words(tmp_path: Path) -> None:
    with Postgres() as server:
        town = Town(tmp_path, database=server.new_database())
        services, told = town.services, list[int]()
        other = handbook(services.settings)

        def writes(words: str) -> None:
            try:
                services.act(
                    lambda session: word_set(session, services.handbook, PLACE, words, 0, "person 5", town.time)
                )
            except WrittenMeanwhile as error:
                told.append(error.version)

        for key in ("thanks_great", "thanks_low"):  # another place meanwhile: the newest id is the stamp of all
            with town.in_session() as session:
                words = f"{{{{ programme }}}}: {key}. Reply CALL."
                word_set(session, services.handbook, (1, "sms", "en", key), words, 0, "person 5", town.time)
                other.words(session, 1)
        threads = [threading.Thread(target=writes, args=(f"{{{{ programme }}}}: Thanks {n}.",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert told == [1, 1, 1]
        [row] = [row for row in town.rows(WordingRow) if row.template == "thanks_ok"]
        with town.in_session() as session:
            assert other.words(session, 1).text("thanks_ok", "en", {"programme": "Oak"}).wording == row.id
        town.closes()
