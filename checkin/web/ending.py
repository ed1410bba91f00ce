"""Whether this web process is to end: what holds a thread for long looks at it, so that nobody waits for it in vain."""

from collections.abc import Callable

_asked: list[Callable[[], bool]] = []


def ends_when(asked: Callable[[], bool]) -> None:
    """From now on, `asked` says whether the process is to end. The web server's configuration calls this."""
    _asked[:] = [asked]


def is_ending() -> bool:
    """Whether the web server has been told to stop."""
    return any(asked() for asked in _asked)
