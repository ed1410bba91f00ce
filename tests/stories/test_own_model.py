"""A programme that trained the model on its own words is understood by it, on texts and on calls alike."""

from checkin.domain.reading.model import opened
from checkin.store.tables import EscalationRow, InboundRow
from checkin.triage.rows import Row
from checkin.triage.training import train
from tests.town import Town

WORDS = "zorgle today and tomorrow"


def test_the_programmes_own_model_reads_its_texts(town: Town) -> None:
    town.sam.sends(WORDS)
    assert not town.rows(EscalationRow), "nobody but this circle knows the word"
    calm = [Row(f"we had {food} and were merry", "OK", source="a") for food in ("soup", "bread", "rice", "beans")]
    low = [Row(f"hopeless and {how}", "DISTRESS", source="b") for how in ("alone", "lost", "empty", "cold")]
    theirs = [Row(f"zorgle {when} again", "CRISIS", source="c") for when in ("today", "tonight", "soon", "now")]
    own = opened(train(calm + low + theirs, 3, lambda what: None))
    object.__setattr__(town.services.handbook, "model", own)
    town.sam.sends(WORDS)
    assert len(town.rows(EscalationRow)) == 1
    assert "zorgle" in town.rows(InboundRow)[-1].reasons_words
