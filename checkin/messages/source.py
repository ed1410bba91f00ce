"""A template file as it is written: its first line, its text, and what of Jinja it may use.

The first line is a comment that names the values with their longest lengths:
`{# values: programme (max 20), number (max 6) #}`. The rest is text, `{{ value }}` and
`{% if value %}…{% else %}…{% endif %}`; nothing else of Jinja. So no wording, also none that a coordinator
writes in the dashboard, can loop, call, fill the memory or fail while it is rendered.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

_HEADER = re.compile(r"\A\s*\{#\s*values:(.*?)#\}\s*", re.DOTALL)
_VALUE = re.compile(r"(\w+)\s*\(max\s+(\d+)\)")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or
)  # fmt: skip
_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


_MOST_CASES = 64


class BadTemplate(ValueError):
    """A template that cannot be used: one sentence, without the file's name."""


@dataclass(frozen=True)
class Source:
    """A template file: its values with their longest lengths, and its text."""

    values: Mapping[str, int]
    text: str


def parse_source(raw: str) -> Source | None:
    """Read a template file; None where it lacks its first line."""
    header = _HEADER.match(raw)
    if header is None:
        return None
    values = {name: int(longest) for name, longest in _VALUE.findall(header[1])}
    return Source(values, " ".join(raw[header.end() :].split()))


def unread_part(raw: str) -> str:
    """What of the first line is no `name (max 20)`; empty where all of it was understood."""
    header = _HEADER.match(raw)
    return _VALUE.sub("", header[1]).replace(",", " ").strip() if header is not None else ""


@lru_cache(maxsize=1024)  # room for every packaged text beside those that are just being written
def compiled(text: str) -> Template:
    """Make a template of a text, once. Raises BadTemplate for what cannot be read, or uses too much of Jinja."""
    _tree(text)
    try:
        return _ENVIRONMENT.from_string(text)
    except (SyntaxError, RecursionError, MemoryError) as error:  # what Python says of a hundred nested brackets
        raise BadTemplate("it is nested too deeply") from error


def used_values(text: str) -> frozenset[str]:
    """The values that a text uses. Raises BadTemplate."""
    return frozenset(node.name for node in _all(_tree(text)) if isinstance(node, nodes.Name))


def cases(text: str, values: Mapping[str, str], always: Collection[str] = ()) -> list[str]:
    """The text as it is rendered in each state of its conditions: with and without each value that one asks for.

    `always`: values that are never empty. Raises BadTemplate, also where there are more than 64 cases.
    """
    tree = _tree(text)
    asked = {
        node.name
        for part in _all(tree)
        if isinstance(part, nodes.If)
        for node in _all(part.test)
        if isinstance(node, nodes.Name)
    }
    free = sorted(asked - set(always))
    if 2 ** len(free) > _MOST_CASES:
        raise BadTemplate("it asks for too many values with {% if %}")
    template = compiled(text)
    empties = ([name for place, name in enumerate(free) if number >> place & 1] for number in range(2 ** len(free)))
    return [template.render({**values, **dict.fromkeys(empty, "")}) for empty in empties]


def _tree(text: str) -> nodes.Template:
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        said = (error.message or "it cannot be parsed").rstrip(".")
        raise BadTemplate(f"it cannot be read: {said}") from error
    except RecursionError as error:
        raise BadTemplate("it is nested too deeply") from error
    odd = next((node for node in _all(tree) if not isinstance(node, _ALLOWED)), None)
    if odd is not None:
        raise BadTemplate("it uses more of Jinja than {{ value }} and {% if value %}…{% endif %}")
    return tree


def _all(tree: nodes.Node) -> Iterator[nodes.Node]:
    yield tree
    yield from tree.find_all(nodes.Node)
