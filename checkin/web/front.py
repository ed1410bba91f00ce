"""The front page for whoever is not signed in: what this is and whether it is well."""

from flask import render_template

from checkin.illness.look import look
from checkin.wiring import Services


def front_page(services: Services) -> str:
    """The page at `/` before signing in. It names no person."""
    simulator = None
    if not services.settings.twilio_configured and services.settings.carrier_base_url:
        simulator = f"{services.settings.carrier_base_url}/"
    return render_template("front.html", ill=look(services).ill, simulator=simulator)
