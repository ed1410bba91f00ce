"""A template file as it is written: its first line, its text, and what of Jinja it may use.

The first line is a comment that names the values with their longest lengths:
`{# values: programme (max 20), number (max 6) #}`. The rest is text, `{{ value }}` and
`{% if value %}…{% else %}…{% endif %}`; nothing else of Jinja. So no wording, also none that a coordinator
writes in the dashboard, can loop, call, fill the memory or fail while it is rendered.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

_HEADER = re.compile(r"\A\s*\{#\s*values:(.*?)#\}\s*", re.DOTALL)
_VALUE = re.compile(r"(\w+)\s*\(max\s+(\d+)\)")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or
)  # fmt: skip
_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


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


def compiled(text: str) -> Template:
    """Make a template of a text. Raises BadTemplate for what cannot be read, or uses too much of Jinja."""
    _tree(text)
    return _ENVIRONMENT.from_string(text)


def used_values(text: str) -> frozenset[str]:
    """The values that a text uses. Raises BadTemplate."""
    return frozenset(node.name for node in _all(_tree(text)) if isinstance(node, nodes.Name))


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
