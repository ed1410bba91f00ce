"""`checkin triage`: judge the reader on labelled texts, train its model, show the model's card. Offline."""

import time
import tracemalloc
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import click

from checkin.cli.written import write_for_owner
from checkin.domain.reading import Calls, Context, read
from checkin.domain.reading.model import FILE, BadModel, opened
from checkin.handlers.corrections_given import corrections_file, corrections_looked_at
from checkin.settings import load
from checkin.triage.evaluation import Judged, Share, figures, grouped, judge, quantile
from checkin.triage.hints import counted
from checkin.triage.left_out import judged_left_out
from checkin.triage.rows import OWN, BadRows, Row, rows_in, rows_of
from checkin.triage.training import train
from checkin.wiring import Get, reading_model

_FILES = click.argument("files_", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
_ERRORS_SHOWN = 400
_CALLS = click.Choice([calls.value for calls in Calls])


@click.group()
def command() -> None:
    """How replies are read: judged, trained, described. Nothing is sent or stored."""


def _told(function: Callable[..., None]) -> Callable[..., None]:
    """What is told of texts that were judged."""
    groups = click.Choice(["lang", "category", "source"])
    function = click.option("--errors", is_flag=True, help="list what was read wrongly, with its words")(function)
    function = click.option(
        "--calls", type=_CALLS, default=Calls.BALANCED.value, show_default=True, help="how readily people are called"
    )(function)
    return click.option("--by", "groups", multiple=True, type=groups, help="figures for each group too")(function)


@command.command("evaluate")
@_FILES
@click.option("--model", "file", type=click.Path(path_type=Path), help="another model than this installation's")
@_told
def evaluate(files_: Sequence[Path], file: Path | None, groups: Sequence[str], calls: str, errors: bool) -> None:
    """Report recall, false alarms and commands over CSV files (text,level,lang,category,source), and how long it took.

    GREY texts are neither a call nor nothing: only a crisis is wrong for them.
    """
    settings = load()
    by = reading_model(settings if file is None else settings.model_copy(update={"model_file": file}))
    judged = judge(_rows(files_), lambda text, context: read(text, _as_set(context, calls), by), time.process_time_ns)
    _report(judged, groups, calls, errors)


@command.command("left-out")
@click.argument("files_", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=click.Choice(["category", "source"]),
    default="category",
    show_default=True,
    help="what stays together: a phrase family, or all that one writer or corpus gave",
)
@click.option("--seed", type=int, default=7, show_default=True)
@_told
def left_out(files_: Sequence[Path], kind: str, seed: int, groups: Sequence[str], calls: str, errors: bool) -> None:
    """The same report over the texts that train the model, each read by a model trained without its kind.

    The rules stay: they were written beside some of these texts. Trains once for each part, some minutes each.
    """
    rows = _enough(_rows([*OWN, *files_]))
    judged = judged_left_out(rows, kind, seed, lambda context: _as_set(context, calls), time.process_time_ns, _say)
    _report(judged, groups, calls, errors)


@command.command("train")
@click.argument("files_", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="where the model's file is written")
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--without-own", is_flag=True, help="of these files alone, without the texts of the package")
@click.option("--corrections", is_flag=True, help="also on what coordinators corrected in this installation")
@click.pass_obj
def train_(get: Get, files_: Sequence[Path], out: Path, seed: int, without_own: bool, corrections: bool) -> None:
    """Train the model on the texts of the package, further CSV files, and the programme's own corrected readings.

    The same texts and seed make the same model. Judge it (`evaluate --model`), then let CHECKIN_MODEL_FILE name it.
    """
    rows = _rows([*([] if without_own else OWN), *files_])
    if corrections:
        here = get()
        found = corrections_looked_at(here.engine, here.act, "command line", here.now(), taken=True)
        rows += rows_in(corrections_file(found), "corrections")
        _say(f"{len(found.rows)} corrections; {found.without_words} more have no words any more")
    content = train(_enough(rows), seed, _say)
    write_for_owner(out, content)
    click.echo(f"{len(rows)} texts, {len(content) / 1000:.0f} KB in {out.name}.")


@command.command("hints")
@click.argument("files_", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
def hints(files_: Sequence[Path]) -> None:
    """Which phrases are too often wrong to call somebody by themselves: counted on the texts that train the model.

    Tells what `hints.toml` should hold and does not, and what it holds that is right often enough.
    """
    every = counted(_rows([*OWN, *files_]))
    new = [each for each in every if each.should_be_hint and not each.is_hint]
    old = [each for each in every if each.is_hint and not each.should_be_hint]
    for title, found in (("should be hints", new), ("are hints, and right often enough to be sure", old)):
        click.echo(f"{len(found)} phrases {title}")
        for each in found:
            click.echo(f"  {each.language}  wrong {each.wrong}, right {each.right}  {each.phrase}")


@command.command("card")
def card() -> None:
    """What the model was trained on, what it cannot do, and how it was measured."""
    click.echo(files("checkin.domain.reading").joinpath("MODEL_CARD.md").read_text(encoding="utf-8"), nl=False)


def _as_set(context: Context, calls: str) -> Context:
    return Context(language=context.language, calls=Calls(calls))


def _say(what: str) -> None:
    click.echo(what, err=True)


def _rows(paths: Sequence[Path]) -> list[Row]:
    try:
        rows = rows_of(paths)
    except BadRows as error:
        raise click.ClickException(str(error)) from None
    if not rows:
        raise click.ClickException("These files hold no texts.")
    return rows


def _enough(rows: list[Row]) -> list[Row]:
    if len({row.level for row in rows} & {"CRISIS", "DISTRESS", "OK"}) < 3:
        raise click.ClickException("These files lack texts of a level: CRISIS, DISTRESS and OK are all needed.")
    return rows


def _report(judged: Sequence[Judged], groups: Sequence[str], calls: str, errors: bool) -> None:
    click.echo(f"{len(judged)} texts, calls: {calls}")
    _table(judged)
    for group in groups:
        for name, part in grouped(judged, lambda row, group=group: getattr(row, group)).items():  # type: ignore[misc]
            click.echo(f"\n{group} {name}: {len(part)} texts")
            _table(part)
    wrong = [each for each in judged if each.wrong]
    if errors:
        click.echo("")
        for each in sorted(wrong, key=lambda each: each.wrong)[:_ERRORS_SHOWN]:
            click.echo(f"{each.wrong}: [{each.row.lang}, {each.row.category}] {' '.join(each.row.text.split())}")
    click.echo(
        f"\ntime of processor for one text: median {quantile(judged, 0.5):.2f} ms, "
        f"p99 {quantile(judged, 0.99):.2f} ms, longest {quantile(judged, 1.0):.2f} ms"
    )
    click.echo(f"the model in memory: {_memory() / 1e6:.1f} MB")


def _table(judged: Sequence[Judged]) -> None:
    for name, share in figures(judged):
        if share.of:
            click.echo(f"  {name:32s} {_said(share)}")


def _said(share: Share) -> str:
    part, interval = share.share, share.interval
    if part is None or interval is None:
        return ""
    low, high = interval
    return f"{part:7.1%}  ({low:.1%} to {high:.1%})  {share.hits} of {share.of}"


def _memory() -> int:
    """How many bytes the model takes, once it is read."""
    content = files("checkin.domain.reading").joinpath(FILE).read_bytes()
    tracemalloc.start()
    try:
        kept = opened(bytes(content))
        size, _ = tracemalloc.get_traced_memory()
    except BadModel as error:
        raise click.ClickException(str(error)) from None
    finally:
        tracemalloc.stop()
    return size + len(content) if kept else size
