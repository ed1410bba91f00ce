"""`python -m checkin.simulator`: the simulator as a process of its own, on loopback only.

`make run` starts it where no Twilio account is set. A test may also start it with an account of its own and point the
service to it by `TWILIO_API_BASE_URL`, the Twilio variables set as in production: the service cannot tell the
difference. It never starts in the environment of a service that has a Twilio account.
"""

import os
import re
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click
import structlog

from checkin.log import configure
from checkin.settings import SIMULATED_NUMBER
from checkin.simulator.posting import PATIENCE
from checkin.simulator.rules import is_number
from checkin.simulator.server import Account, PortInUse, Simulator, read_phones
from checkin.simulator.state import BadState

log = structlog.get_logger()

OPT_OUTS = {"off": (False, True), "default": (True, False), "advanced": (True, True)}
"""By word: whether the carrier answers STOP, START and HELP itself, and whether it then says so in the webhook."""


class CannotStart(click.ClickException):
    """One sentence on standard error, and exit code 2."""

    exit_code = 2


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this process's own wiring


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), required=True, help="Where it listens, on 127.0.0.1; 0: any.")
@click.option("--account-sid", required=True, help="AC and 32 hexadecimal digits.")
@click.option("--auth-token-file", type=click.Path(path_type=Path), required=True, help="The token, in a file.")
@click.option("--webhook-base", required=True, help="The service's PUBLIC_BASE_URL.")
@click.option("--number", "numbers", multiple=True, default=(SIMULATED_NUMBER,), help="The service's; may be repeated.")
@click.option("--messaging-service", help="MG and 32 hexadecimal digits.")
@click.option("--opt-outs", type=click.Choice(list(OPT_OUTS)), default="off", help="What it does with STOP by itself.")
@click.option("--patience", type=click.Choice(list(PATIENCE)), default="developer", help="How long it tries webhooks.")
@click.option("--state", type=click.Path(path_type=Path), help="A file that keeps the phones over a restart.")
@click.option("--phones", type=click.Path(path_type=Path), help="A JSON file with the phones to show first.")
@click.option("--log-json/--log-plain", envvar="CHECKIN_LOG_JSON", default=False)
def main(
    port: int,
    account_sid: str,
    auth_token_file: Path,
    webhook_base: str,
    numbers: tuple[str, ...],
    messaging_service: str | None,
    opt_outs: str,
    patience: str,
    state: Path | None,
    phones: Path | None,
    log_json: bool,
) -> None:
    """Run the simulated carrier."""
    if os.environ.get("TWILIO_ACCOUNT_SID"):  # noqa: TID251 - it must never exist beside a real carrier
        raise CannotStart("Twilio is configured here, so the simulator does not start.")
    answers, tells = OPT_OUTS[opt_outs]
    account = Account(
        sid=_checked(account_sid, r"AC[0-9a-f]{32}", "--account-sid is not AC and 32 hexadecimal digits."),
        token=_token(auth_token_file),
        webhook_base=_base(webhook_base),
        numbers=numbers,
        messaging_service=messaging_service,
        answers_opt_outs=answers,
        tells_opt_out_type=tells,
        patience=patience,
    )
    if not all(is_number(number) for number in numbers):
        raise CannotStart("--number is not a number with + and country code, such as +12025550100.")
    configure("simulator", log_json)
    try:
        shown = read_phones(phones) if phones is not None else []
        simulator = Simulator(account, _now, port=port, state=state)
    except (PortInUse, ValueError) as wrong:
        raise CannotStart(str(wrong)) from wrong
    simulator.add_phones(shown)
    try:
        simulator.restore()
    except BadState as wrong:
        simulator.stop()
        raise CannotStart(str(wrong)) from wrong
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: simulator.ask_to_stop())
    simulator.start()
    log.info("simulator_listens", url=f"{simulator.url}/")
    simulator.wait()
    simulator.stop()


def _checked(text: str, form: str, sentence: str) -> str:
    if not re.fullmatch(form, text):
        raise CannotStart(sentence)
    return text


def _token(file: Path) -> str:
    try:
        token = file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise CannotStart(
            f"The token file {file} cannot be read: it holds the account's token and nothing else."
        ) from None
    if not token:
        raise CannotStart(f"The token file {file} is empty: it holds the account's token.")
    return token


def _base(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CannotStart("--webhook-base is not an address such as http://127.0.0.1:8000.")
    return url


if __name__ == "__main__":
    sys.exit(main())
