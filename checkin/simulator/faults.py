"""What may be asked to go wrong, by `POST /faults` as JSON: one object for one fault.

- `{"kind": "status", "status": 500}` or `{"kind": "status", "status": 429, "code": 20429, "retry_after": 3}`:
  the request is not done.
- `{"kind": "timeout", "seconds": 12}`: the answer takes that long; with `"accepted": true` the request is done first.
- `{"kind": "lose_answer"}`: the request is done, and answered with 500.
- `{"kind": "drop"}`: the request is done, and the connection closed without an answer.
- `{"kind": "double_webhook"}`, `{"kind": "late_webhook"}`, `{"kind": "lose_webhook"}`: the next webhook that needs no
  answer comes twice, or late and so out of order, or never.
- `{"kind": "mumble"}`: the next recording cannot be transcribed.
- `{"kind": "refuse", "number": "+1202…", "code": 21614}`: this number is refused from now on; code 0 ends it.
- `{"kind": "balance", "amount": 3.5}`: so much is left on the account from now on.

`times` (1) says how often; `path` (any) is a part of the request's path; `methods` (`["POST"]`) its methods.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WEBHOOK_KINDS = ("double_webhook", "late_webhook", "lose_webhook", "mumble")
KINDS = ("status", "timeout", "lose_answer", "drop", *WEBHOOK_KINDS, "refuse", "balance")


class BadFault(ValueError):
    """What was asked for is no fault. The text is one sentence."""


@dataclass
class Fault:
    """One thing to go wrong, `times` times."""

    kind: str
    times: int = 1
    path: str = ""
    methods: tuple[str, ...] = ("POST",)
    status: int = 500
    code: int = 20500
    retry_after: int | None = None
    seconds: float = 12.0
    accepted: bool = False
    number: str = ""
    amount: float = 0.0

    def strikes(self, method: str, path: str) -> bool:
        """Whether it is this request's turn; then it is counted down."""
        if self.times <= 0 or method not in self.methods or self.path not in path:
            return False
        self.times -= 1
        return True


def read_fault(asked: object) -> Fault:
    """Read what was posted. Raises BadFault."""
    if not isinstance(asked, Mapping):
        raise BadFault('A fault is one JSON object, such as {"kind": "status", "status": 500}.')
    kind = asked.get("kind", "status")
    if kind not in KINDS:
        raise BadFault(f"The kind of a fault is one of {', '.join(KINDS)}.")
    unknown = set(asked) - set(Fault.__dataclass_fields__)
    if unknown:
        names = "kind, times, path, methods, status, code, retry_after, seconds, accepted, number, amount"
        raise BadFault(f"A fault has {names}.")
    methods = asked.get("methods", ["POST"])
    if not (isinstance(methods, list) and all(isinstance(method, str) for method in methods)):
        raise BadFault('The methods of a fault are a list, such as ["POST"].')
    path, number = asked.get("path", ""), asked.get("number", "")
    if not (isinstance(path, str) and isinstance(number, str)):
        raise BadFault("The path and the number of a fault are texts.")
    retry_after = asked.get("retry_after")
    return Fault(
        kind=kind,
        times=int(_number(asked, "times", 1, 0, 1_000_000)),
        path=path,
        methods=tuple(method.upper() for method in methods),
        status=int(_number(asked, "status", 500, 400, 599)),
        code=int(_number(asked, "code", 20500, 0, 99_999)),
        retry_after=None if retry_after is None else int(_number(asked, "retry_after", 0, 0, 3_600)),
        seconds=_number(asked, "seconds", 12.0, 0, 60),
        accepted=asked.get("accepted") is True,
        number=number,
        amount=_number(asked, "amount", 0.0, -1_000_000, 1_000_000),
    )


def _number(asked: Mapping[str, Any], name: str, default: float, least: float, most: float) -> float:
    value = asked.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise BadFault(f"The {name} of a fault is a number between {least:g} and {most:g}.")
    return value
