"""Files of people in the browser: uploaded, looked at row by row, imported with a bar that fills; and exported."""

from flask import Response, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from checkin.domain.phone import BadPhone
from checkin.handlers.people_exported import people_exported
from checkin.handlers.people_file_waits import begun, file_forgotten, looked_at, next_part, put_file
from checkin.handlers.people_files.sheet import BadFile
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import read_people
from checkin.store.session import reading
from checkin.store.tables import PeopleFileRow
from checkin.web.dashboard.door import Door, Need, by_htmx, go
from checkin.web.dashboard.forms import PageForm, choices
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services

_SHOWN = 1000
UPLOAD = "/people-files"


class UploadForm(PageForm):
    """A file, and whom it holds."""

    kind = SelectField(lazy("Who is in it"))
    file = FileField(lazy("File"), [FileRequired(lazy("Choose a file first."))], render_kw={"accept": ".csv,text/csv"})


def people_files(services: Services) -> Door:
    """The pages /people-files."""
    door = Door("people_files", services)

    def may_have(kind: Kind) -> bool:
        """Who makes coordinators, and admins of them, is an admin."""
        return kind is not Kind.COORDINATORS or signed().may(Need.ADMIN)

    def upload_page(form: UploadForm, status: int = 200) -> ResponseReturnValue:
        return render_template("members/upload.html", form=form), status

    def upload_form() -> UploadForm:
        form = UploadForm()
        named = {Kind.MEMBERS: _("members"), Kind.VOLUNTEERS: _("volunteers"), Kind.COORDINATORS: _("coordinators")}
        form.kind.choices = choices([(kind.value, word) for kind, word in named.items() if may_have(kind)])
        return form

    def found(number: int) -> PeopleFileRow:
        """The file, where it is this coordinator's own."""
        with reading(services.engine) as session:
            row = session.get(PeopleFileRow, number)
            if row is None or row.by != signed().who or row.expires_at < services.now():
                abort(404)
            if not may_have(Kind(row.kind)):  # it was theirs as an admin
                abort(404)
            _ = row.raw  # unsealed while the database is open
            return row

    @door.get(UPLOAD, Need.WORDS)
    def files_page() -> ResponseReturnValue:
        return upload_page(upload_form())

    @door.post(UPLOAD, Need.WORDS)
    def upload() -> ResponseReturnValue:
        form, me = upload_form(), signed()
        if not form.validate_on_submit():
            return upload_page(form, 422)
        raw = form.file.data.read()
        try:
            read = read_people(Kind(form.kind.data), raw, services.handbook, services.now())
        except (BadFile, BadPhone) as error:
            form.file.errors = [_("This file cannot be read: %(why)s.", why=str(error))]
            return upload_page(form, 422)
        number = services.act(lambda session: put_file(session, read, raw, me.who, services.now()))
        return go(f"{UPLOAD}/{number}")

    @door.get("/people-files/<int:number>", Need.WORDS)
    def file_page(number: int) -> ResponseReturnValue:
        row = found(number)
        if row.started:
            return render_template("members/importing.html", file=row)
        with reading(services.engine) as session:
            looked = looked_at(session, services.handbook, row, signed().circles, services.now())
        bad = {line.number: line.reasons for line in looked.report.bad}
        lines = sorted(
            [
                (line.number, line.name or "", line.phone, looked.outcomes.get(line.number, "bad"))
                for line in looked.file.lines
            ]
            + [(number, "", "", "bad") for number in bad if number not in {line.number for line in looked.file.lines}]
        )
        return render_template(
            "members/preview.html", file=row, report=looked.report, lines=lines[:_SHOWN], total=len(lines), bad=bad
        )

    @door.post("/people-files/<int:number>/import", Need.WORDS)
    def begin(number: int) -> ResponseReturnValue:
        row = found(number)
        with reading(services.engine) as session:
            looked = looked_at(session, services.handbook, row, signed().circles, services.now())
        skip = request.form.get("skip_bad") == "yes"
        if looked.report.bad and not skip:
            flash(_("Nothing was imported: mend the bad rows, or choose to leave them out."), "error")
            return go(f"{UPLOAD}/{number}")
        services.act(lambda session: begun(session, number, skip))
        return go(f"{UPLOAD}/{number}")

    @door.post("/people-files/<int:number>/part", Need.WORDS)
    def part(number: int) -> ResponseReturnValue:
        """Write some more lines. The page's script asks again and again; without one, a button does."""
        circles = signed().circles
        row: PeopleFileRow | None = found(number)
        if row is not None and row.raw:  # else all of it is written
            file = read_people(Kind(row.kind), row.raw, services.handbook, services.now())
            row = services.act(
                lambda session: next_part(session, services.handbook, number, file, circles, services.now())
            )
        if row is None:
            abort(404)
        return render_template("members/_progress.html", file=row) if by_htmx() else go(f"{UPLOAD}/{number}")

    @door.post("/people-files/<int:number>/forget", Need.WORDS)
    def forget(number: int) -> ResponseReturnValue:
        found(number)
        services.act(lambda session: file_forgotten(session, number))
        flash(_("The file is gone. Nothing was imported."))
        return go(UPLOAD)

    @door.post("/people-files/export", Need.WORDS)
    def export() -> ResponseReturnValue:
        me, wanted = signed(), request.form.get("kind", "")
        if wanted not in set(Kind) or not may_have(Kind(wanted)):
            abort(404)
        text, _count = people_exported(
            services.engine, services.act, Kind(wanted), services.now(), who=me.who, circles=me.shown
        )
        answer = Response(text, mimetype="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="{wanted}.csv"'
        return answer

    return door
