"""`checkin doctor`: what is ill, and how to mend it."""

import click

from checkin.carrier.port import CarrierError
from checkin.cli.show import show
from checkin.domain.illness import Ailment, Part, Severity
from checkin.handlers.policy_changed import unfit_circles
from checkin.illness.alerts import Alerts
from checkin.illness.carrier_signs import ask_account
from checkin.illness.look import look
from checkin.store.session import reading
from checkin.wiring import Get, Services

_TRY = "This is a try of the alert addresses, by hand: nothing need be done."


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("--tell", is_flag=True, help="Send a try to each alert address too, and say which did not take it.")
@click.pass_obj
def command(get: Get, as_json: bool, tell: bool) -> None:
    """Say what is ill and how to mend it. Exit code 1 when something is."""
    here = get()
    found = {ailment.key: ailment for ailment in (*look(here).ill, *_of_the_carrier(here), *_of_the_circles(here))}
    if tell:
        found.update({ailment.key: ailment for ailment in _told(here)})
    ill = sorted(found.values(), key=lambda ailment: ailment.severity is not Severity.SERIOUS)
    rows: list[dict[str, object]] = [
        {"part": each.key, "severity": each.severity.value, "what": each.what} for each in ill
    ]
    show(rows, as_json, "All parts are well.")
    if rows:
        raise click.exceptions.Exit(1)


def _of_the_carrier(here: Services) -> list[Ailment]:
    """Ask the carrier now, for the account and for the balance."""
    try:
        here.carrier.check()
    except CarrierError as error:
        what = f"The carrier does not answer as it should: {error}. See the TWILIO settings."
        return [Ailment("carrier", Part.CARRIER, Severity.SERIOUS, what)]
    return list(ask_account(here.carrier, here.handbook.policy(None).illness))


def _of_the_circles(here: Services) -> list[Ailment]:
    """Circles whose own numbers are left aside, because they no longer fit the programme's or this version's rules."""
    with reading(here.engine) as session:
        unfit = [(row.id, row.name, str(error)) for row, error in unfit_circles(session, here.handbook)]
    return [
        Ailment(
            f"policy_{number}",
            Part.PEOPLE,
            Severity.SERIOUS,
            f"The own numbers of the circle {name} no longer fit, and the programme's hold instead: {why.rstrip('.')}. "
            f"Save or put back the marked numbers on the page Policy, /circles/{number}/policy.",
        )
        for number, name, why in unfit
    ]


def _told(here: Services) -> list[Ailment]:
    urls = here.settings.alert_urls
    if not urls:
        what = "There is no alert address to try: set ALERT_URLS (mailto://… and others) to be told by mail or chat."
        return [Ailment("alert_urls", Part.ALERTS, Severity.MILD, what)]
    ill = []
    for place, (scheme, took) in enumerate(Alerts(urls).send("Check-in: a try", _TRY), start=1):
        click.echo(f"Alert address {place} ({scheme}): {'taken' if took else 'not taken'}.", err=True)
        if not took:
            what = (
                f"Alert address {place} of ALERT_URLS ({scheme}) does not take what we send: see Apprise's page on it."
            )
            ill.append(Ailment(f"alert_{place}", Part.ALERTS, Severity.MILD, what))
    return ill
