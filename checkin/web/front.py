"""The front page: what this is and whether it is well. The coordinators' pages come to this place."""

from flask import Blueprint, render_template

from checkin.illness.look import look
from checkin.wiring import Services


def front(services: Services) -> Blueprint:
    """The page at `/`. It names no person."""
    door = Blueprint("front", __name__)

    @door.get("/")
    def page() -> str:
        simulator = None
        if not services.settings.twilio_configured and services.settings.carrier_base_url:
            simulator = f"{services.settings.carrier_base_url}/"
        return render_template("front.html", ill=look(services).ill, simulator=simulator)

    return door
