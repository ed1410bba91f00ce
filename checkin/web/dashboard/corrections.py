"""For admins: how replies should have been read, without numbers and names, to be looked at and taken out as a file."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from checkin.handlers.corrections_given import Corrections, corrections_file, corrections_looked_at
from checkin.web.dashboard.door import Door, Need
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services


def corrections(services: Services) -> Door:
    """The page /corrections."""
    door = Door("corrections", services)

    def looked_at(*, taken: bool) -> Corrections:
        return corrections_looked_at(services.engine, services.act, signed().who, services.now(), taken=taken)

    @door.get("/corrections", Need.ADMIN)
    def corrections_page() -> ResponseReturnValue:
        return render_template("corrections/corrections.html", found=looked_at(taken=False))

    @door.post("/corrections", Need.ADMIN)
    def file() -> ResponseReturnValue:
        answer = Response(corrections_file(looked_at(taken=True)), mimetype="text/csv")
        answer.headers["Content-Disposition"] = 'attachment; filename="corrections.csv"'
        return answer

    return door
