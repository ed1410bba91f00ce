"""The catalogue says what the code passes: it is held against the code."""

import ast
from pathlib import Path

import pytest

from checkin.messages.catalogue import catalogue
from checkin.settings import ROOT

ROOMS = [ROOT / "checkin" / room for room in ("domain", "handlers", "web")]


def _strings(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    named = {value for value in constants if isinstance(value, str)}
    return named | {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg}


SAID = {word for room in ROOMS for path in room.rglob("*.py") for word in _strings(path)}


@pytest.mark.parametrize(("kind", "key"), sorted(catalogue()))
def test_each_message_is_named_somewhere_in_the_code(kind: str, key: str) -> None:
    assert key in SAID


@pytest.mark.parametrize("name", sorted({name for entry in catalogue().values() for name in entry.values}))
def test_each_value_is_named_somewhere_in_the_code(name: str) -> None:
    assert name in SAID


def test_each_template_that_the_code_sends_by_name_is_in_the_catalogue() -> None:
    sent: set[str] = set()
    for room in ROOMS:
        for path in room.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "SendText":
                    template = next((k.value for k in node.keywords if k.arg == "template"), None)
                    template = node.args[1] if template is None and len(node.args) > 1 else template
                    if isinstance(template, ast.Constant):
                        sent.add(str(template.value))
    assert sent
    assert sent <= {key for kind, key in catalogue() if kind == "sms"}
