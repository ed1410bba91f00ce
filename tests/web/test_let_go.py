"""An application that nobody uses any more is let go: each used to stay for ever, held by what all of them share."""

import gc
import weakref
from pathlib import Path

from checkin.app import create_app
from tests.town import DORA, Town


def test_an_application_and_its_services_are_let_go(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.desk(DORA).opens("/")
    app = create_app(town.services)
    app.test_client().get("/nowhere")
    gone = [weakref.ref(app), weakref.ref(town.client.application), weakref.ref(town)]
    town.closes()
    del app, town
    gc.collect()
    assert [each() for each in gone] == [None, None, None]
