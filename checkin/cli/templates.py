"""`checkin templates`: are the texts fit to be sent, and how do they look."""

import json
from dataclasses import asdict

import click

from checkin.messages import BadTemplate
from checkin.messages.catalogue import catalogue
from checkin.messages.lint import lint, lint_names
from checkin.messages.preview import Preview, preview
from checkin.messages.text_rules import Severity
from checkin.settings import load
from checkin.wiring import handbook


@click.group()
def command() -> None:
    """Texts and prompts: check them, look at them."""


@command.command("lint")
@click.option("--json", "as_json", is_flag=True)
def lint_templates(as_json: bool) -> None:
    """Say what is wrong with the texts and how to mend it. Exit code 1 when one must be mended."""
    settings = load()
    findings = lint(settings.templates_root)
    if not any(finding.severity is Severity.ERROR for finding in findings):
        policy = handbook(settings).policy(None)
        findings += lint_names([policy.programme, policy.discreet_name])
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            mark = "" if finding.severity is Severity.ERROR else " (to weigh)"
            click.echo(f"{finding.file}: {finding.rule}{mark}: {finding.what}; {finding.mend}.")
        errors = sum(finding.severity is Severity.ERROR for finding in findings)
        click.echo(f"{len(catalogue())} messages: {errors} to mend, {len(findings) - errors} to weigh.")
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise click.exceptions.Exit(1)


@command.command("preview")
@click.argument("key")
@click.option("--language", default="en", show_default=True)
@click.option(
    "--kind",
    type=click.Choice(["sms", "voice"]),
    default=None,
    help="by default the text, else the prompt",
)
@click.option("--json", "as_json", is_flag=True)
def preview_template(key: str, language: str, kind: str | None, as_json: bool) -> None:
    """Show a text with ordinary values, and its size with the longest ones."""
    settings = load()
    kinds = [kind] if kind is not None else ["sms", "voice"]
    found = next((each for each in kinds if (each, key) in catalogue()), None)
    if found is None:
        raise click.ClickException(
            f"There is no message '{key[:40]}': see the files in {settings.templates_root}.",
        )
    try:
        shown = preview(settings.templates_root, found, key, language)
    except BadTemplate as error:
        raise click.ClickException(f"{str(error).rstrip('.')}: see `checkin templates lint`.") from None
    click.echo(json.dumps(asdict(shown), indent=2) if as_json else _words(shown, language))


def _words(shown: Preview, language: str) -> str:
    lines = [shown.body]
    if shown.language != language:
        lines.append(f"It does not exist in '{language}', so it comes in '{shown.language}'.")
    if shown.kind == "sms":
        size = f"{shown.units} of {shown.room} signs ({shown.encoding})"
        lines.append(
            f"With the longest values: {size}, {shown.segments} segment{'s' if shown.segments > 1 else ''}.",
        )
    else:
        lines.append(f"With the longest values: {shown.units} signs, about {shown.seconds} seconds.")
    return "\n".join(lines)
