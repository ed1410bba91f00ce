"""What all forms share. Their errors are our own sentences, each beside its field."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, Field
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation

from checkin.domain.terms import FIRST_YEAR, LAST_YEAR
from checkin.web.dashboard.language import _, language


class PageForm(FlaskForm):  # type: ignore[misc]
    """A form of a page: protected against forgery, in the reader's language."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """What WTForms asks for."""

        @property
        def locales(self) -> list[str]:
            """WTForms' own sentences, where none of ours is said."""
            return [language()]


class Given(InputRequired):  # type: ignore[misc]
    """The field must not be empty."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence)

    def __call__(self, form: Any, field: Field) -> None:
        """Blanks are empty too."""
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors[:] = []
            raise StopValidation(str(self.message))


class NotLonger(Length):  # type: ignore[misc]
    """So many signs at most."""

    def __init__(self, most: int) -> None:
        super().__init__(max=most)

    def __call__(self, form: Any, field: Field) -> None:
        """Say how many there are, so that one knows what to leave out."""
        count = len(field.data or "")
        if count > self.max:
            raise StopValidation(
                _("This has %(count)s characters; %(most)s are possible. Shorten it.", count=count, most=self.max)
            )


class DayField(DateField):  # type: ignore[misc]
    """A day of the years in which anything can happen here: near both ends of the calendar no day has a moment."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """What lies elsewhere is no day."""
        super().process_formdata(valuelist)
        if self.data is not None and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            self.data = None
            raise ValueError(_("Choose a day in the years %(first)s to %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))


def instant(text: str) -> datetime | None:
    """The moment (UTC) that a page was given and sends back; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def stripped(text: str | None) -> str:
    """A filter: blanks at both ends are no part of an answer."""
    return (text or "").strip()


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """What may be chosen: values and their words."""
    return [SelectChoice(value, words) for value, words in pairs]
