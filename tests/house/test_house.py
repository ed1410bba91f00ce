"""The house is tested too: lanes, jobs, routes, settings, templates, migrations, and what must not be in the tree."""

import ast
import importlib
import re
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from honcho.environ import parse_procfile

from checkin.domain.terms import Lane
from checkin.lanes import JOB, LANES
from checkin.messages import parse_source
from checkin.migrations import WORKS_FROM
from checkin.settings import ROOT, Settings, load
from checkin.store.migrate import upgrade
from checkin.store.sealed import install_keys
from checkin.store.session import make_engine
from checkin.store.tables import Row
from checkin.web.dashboard.today.words import TASKS

PROCFILE = parse_procfile((ROOT / "Procfile").read_text()).processes
SOURCES = sorted([*(ROOT / "checkin").rglob("*.py"), *(ROOT / "workers").rglob("*.py")])


@pytest.mark.parametrize("lane", list(Lane))
def test_each_lane_is_served_by_a_process(lane: Lane) -> None:
    assert any(shlex.split(line)[-2:] == ["workers.run", lane.value] for line in PROCFILE.values())


def test_the_job_that_is_named_in_the_queue_exists() -> None:
    module, _, function = JOB.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))


def test_urgent_jobs_are_handed_over_side_by_side_and_never_paced() -> None:
    assert LANES[Lane.URGENT].at_once >= 4, "a crisis: three phones and the member's text"
    assert not LANES[Lane.URGENT].paced


@pytest.mark.parametrize("variable", sorted(str(field.validation_alias) for field in Settings.model_fields.values()))
def test_each_setting_is_in_the_readme(variable: str) -> None:
    assert f"`{variable}`" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("kind", ["sms", "voice"])
def test_each_template_exists_in_each_language(kind: str) -> None:
    keys = {
        language.name: {path.stem for path in language.glob("*.txt")}
        for language in (ROOT / "templates" / kind).iterdir()
    }
    assert keys["en"] == keys["es"]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates").glob("*/*/*.txt")), ids=lambda path: "/".join(path.parts[-3:])
)
def test_each_template_says_what_it_takes(path: Path) -> None:
    assert parse_source(path.read_text(encoding="utf-8")) is not None


def test_the_models_equal_the_migrations(tmp_path: Path) -> None:
    install_keys([b"k" * 32], b"i" * 32)
    engine = make_engine(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Row.metadata) == []
    engine.dispose()


def test_migrations_only_add_so_that_the_version_before_goes_on_working() -> None:
    """What takes something away belongs two versions later, with WORKS_FROM moved up in `checkin/migrations`."""
    allowed = {"create_table", "create_index", "add_column", "f"}
    revisions = set()
    for path in sorted((ROOT / "checkin" / "migrations" / "versions").glob("[0-9]*.py")):
        tree = ast.parse(path.read_text())
        revisions.add(path.name[:4])
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if not (isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "op"):
                continue
            assert call.func.attr in allowed, f"{path.name}: op.{call.func.attr}"
            if call.func.attr == "add_column":
                column = ast.unparse(call.args[1])
                assert "nullable=True" in column or "server_default=" in column, f"{path.name}: {column}"
    assert WORKS_FROM in revisions


def test_nothing_runs_beside_this_database_that_cannot_read_its_schedules_and_policies() -> None:
    """Policy groups and schedules of several times a day came with 0017; 0.1.0 ends at 0016, and compares texts."""
    scripts = ScriptDirectory(str(ROOT / "checkin" / "migrations"))
    later = scripts.iterate_revisions(scripts.get_current_head(), "0017", inclusive=True)
    after = {script.revision for script in later}
    assert WORKS_FROM in after
    assert WORKS_FROM > "0016"


def test_each_template_that_code_names_exists() -> None:
    named = {
        word
        for path in (ROOT / "checkin" / "handlers").glob("*.py")
        for word in re.findall(r'(?:ends_with|asks|say)\(\s*"([a-z_0-9]+)"', path.read_text())
    }
    existing = {path.stem for path in (ROOT / "templates" / "voice" / "en").glob("*.txt")}
    assert named <= existing


def test_each_task_that_code_gives_has_words_on_today() -> None:
    """Three had none: a coordinator read the name that the code has for them."""
    given = {what for path in SOURCES for what in _tasks_given(ast.parse(path.read_text()))}
    assert len(given) > 30
    steps = {"coordinators_rung", "coordinators_texted"}  # by the same variable, where there is no task
    assert given - steps <= TASKS.keys()


def _tasks_given(file: ast.Module) -> set[str]:
    """The constants that stand for a task's name where one is given, or in what the name there was set to."""
    functions = [node for node in ast.walk(file) if isinstance(node, ast.FunctionDef)]
    named = [what for function in functions for what in _named_in(function, _set_in(file.body))]
    return {word for what in named for word in _constants(what)}


def _named_in(function: ast.FunctionDef, of_the_file: list[tuple[str, ast.expr]]) -> list[ast.expr]:
    places = {"give": 2, "give_words": 2, "GiveTask": 1}
    nodes = list(ast.walk(function))
    named = []
    for node in nodes:
        name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in places and len(node.args) > places[name]:
            named.append(node.args[places[name]])
    used = {node.id for what in named for node in ast.walk(what) if isinstance(node, ast.Name)}
    return named + [value for name, value in (*of_the_file, *_set_in(nodes)) if name in used]


def _set_in(nodes: Sequence[ast.AST]) -> list[tuple[str, ast.expr]]:
    found = []
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [(target.id, node.value) for target in targets if isinstance(target, ast.Name)]
    return found


def _constants(node: ast.expr) -> Iterator[str]:
    """The words that this may turn out to be: of a choice both, of a dictionary its values."""
    match node:
        case ast.Constant(str(word)):
            yield word
        case ast.IfExp():
            yield from (*_constants(node.body), *_constants(node.orelse))
        case ast.Dict():
            yield from (word for value in node.values for word in _constants(value))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_can_be_read_at_a_sitting(path: Path) -> None:
    if "migrations/versions" not in str(path):
        assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_file_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert not text.strip() or text.lstrip().startswith('"""')


def test_web_calls_nothing_of_the_carrier_but_signature_and_twiml() -> None:
    for path in (ROOT / "checkin" / "web").rglob("*.py"):
        for module, names in re.findall(r"from checkin\.carrier\.(\w+) import (.+)", path.read_text()):
            assert (module in {"signature", "twiml"}) or names.strip() == "refusal_of, verdict_of", path
        assert "services.carrier" not in path.read_text(), path


def test_nothing_committed_names_a_registry_or_a_path_of_a_machine() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    forbidden = re.compile(r"pypi\.org|files\.pythonhosted|registry\.npmjs|deb\.debian|/home/\w+/|/root/")
    for name in files:
        path = ROOT / name
        if path.is_file() and path.suffix in {".py", ".toml", ".lock", ".md", ".txt", ".html", ".css", ".js", ""}:
            found = forbidden.search(path.read_text(encoding="utf-8", errors="replace"))
            assert found is None or name == "tests/house/test_house.py", f"{name}: {found and found[0]}"


def test_settings_refuse_half_a_twilio_account() -> None:
    from checkin.settings import BadSettings

    with pytest.raises(BadSettings, match="only half set: TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBER is missing"):
        load({"TWILIO_ACCOUNT_SID": "AC" + "a" * 32}, None)
