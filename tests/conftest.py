"""What all tests share: a town of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A circle with Sam, Ana, Ben and Dora, on a virtual clock: see `tests/town.py`."""
    place = Town(tmp_path)
    yield place
    place.closes()
