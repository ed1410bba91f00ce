"""For admins: how replies should have been read, without numbers and names, to be looked at and taken out as a file."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from checkin.handlers.corrections_given import corrections_file, corrections_listed
from checkin.web.dashboard.door import Door, Need
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services


def corrections(services: Services) -> Door:
    """The page /corrections."""
    door = Door("corrections", services)

    @door.get("/corrections", Need.ADMIN)
    def corrections_page() -> ResponseReturnValue:
        who = signed().who
        found = services.act(lambda session: corrections_listed(session, who, services.now()))
        return render_template("corrections/corrections.html", found=found)

    @door.post("/corrections", Need.ADMIN)
    def file() -> ResponseReturnValue:
        who = signed().who
        text, _found = services.act(lambda session: corrections_file(session, who, services.now()))
        answer = Response(text, mimetype="text/csv")
        answer.headers["Content-Disposition"] = 'attachment; filename="corrections.csv"'
        return answer

    return door
