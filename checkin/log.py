"""What the processes say about themselves. No telephone number and no word of a person gets through.

Every line, ours and that of libraries, passes `mask` last before it is written (promises P8 and P9).
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

_HIDDEN = "[hidden]"
_NUMBER_LIKE = re.compile(
    r"(?:\+|%2B)\d[\d\s().-]{5,}\d"  # +1 202 555 0123, +12025550123, %2B12025550123
    r"|\d{10,}"
    r"|(?<!\d)\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}(?!\d)",  # (202) 555-0123
    re.IGNORECASE,
)
_SQL_PARAMETERS = re.compile(r"\[parameters: .*?\](?=\n|$)", re.DOTALL)
_SMALLEST_NUMBER_LIKE = 10**9

PRIVATE = frozenset(
    "body text name phone words from to email address reply transcript token auth_token password secret".split()
)
"""Keys whose values are never written."""


def configure(process: str, json: bool, level: str = "INFO") -> None:
    """Set logging up for one process: one line an event on standard output, JSON or for reading."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                mask,
                renderer,
            ],
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(process=process)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("twilio", "twilio.http_client", "werkzeug", "urllib3", "alembic", "rq.worker", "rq.queue"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It says what it could not send, sometimes with the address, which is a secret; illness/alerts.py says it instead.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what could name a person: values of private keys, and anything like a telephone number anywhere."""
    return {without_numbers(key): _masked(key, value) for key, value in event.items()}


def without_numbers(text: str) -> str:
    """The text with everything that looks like a telephone number, and all SQL parameters, hidden."""
    return _NUMBER_LIKE.sub(_HIDDEN, _SQL_PARAMETERS.sub("[parameters hidden]", text))


def _masked(key: object, value: Any) -> Any:
    if key in PRIVATE:
        return _HIDDEN
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return _HIDDEN if abs(value) >= _SMALLEST_NUMBER_LIKE else value
    if isinstance(value, Mapping):
        return {without_numbers(str(inner)): _masked(inner, kept) for inner, kept in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(None, item) for item in value]
    return without_numbers(value if isinstance(value, str) else str(value))
