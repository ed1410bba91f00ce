"""The pages' words in the reader's language. Spanish stands in plain PO files that are read at start: no build step."""

from collections.abc import Callable, Iterable
from functools import cache
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, NullTranslations, Translations
from flask import Flask, g, has_request_context, request, session

FOLDER = Path(__file__).parent.parent / "translations"
LANGUAGES = {"en": "English", "es": "Español"}
DEFAULT = "en"


@cache
def _translations(language: str) -> NullTranslations:
    """All messages of a language, from each of its files."""
    found = Translations()
    for path in sorted((FOLDER / language).glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=language))
        compiled.seek(0)
        found.merge(Translations(compiled))
    return found


def language() -> str:
    """The language of whoever asks: their own choice, else what their browser says."""
    if not has_request_context():
        return DEFAULT
    if "language" not in g:
        from checkin.web.dashboard.signed import signed_or_none  # who is signed in may ask for words in turn

        me = signed_or_none()
        wanted = (me.language if me is not None else session.get("language", "")).split("-")[0]
        g.language = wanted if wanted in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or DEFAULT
    return str(g.language)


def locale() -> Locale:
    """The same as a locale, for dates and numbers."""
    return Locale.parse(language())


def named(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Languages by code, each with its name in the reader's language."""
    names = locale().languages
    return sorted(
        ((code, str(names.get(code.replace("-", "_"), code)).capitalize()) for code in codes), key=itemgetter(1)
    )


def _(message: str, **values: Any) -> str:
    """A message in the reader's language; `%(name)s` stands for a value."""
    found = _translations(language()).ugettext(message)
    return found % values if values else found


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """A message about a number of things; `%(num)s` is the number."""
    return _translations(language()).ungettext(one, many, num) % {"num": num, **values}


def lazy(message: str, **values: Any) -> Any:
    """A message that is put into the reader's language when it is shown: for labels of forms."""
    return LazyProxy(_, message, enable_cache=False, **values)


def speaks(app: Flask) -> None:
    """Let templates say `_()` and `ngettext()`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    plain: Callable[[str], str] = lambda message: _translations(language()).ugettext(message)  # noqa: E731
    several: Callable[[str, str, int], str] = lambda one, many, num: _translations(  # noqa: E731
        language()
    ).ungettext(one, many, num)
    app.jinja_env.install_gettext_callables(plain, several, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.policies["ext.i18n.trimmed"] = True
