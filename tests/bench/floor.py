"""The floor that our webhook is compared with: check the signature, make one durable insert, answer. Same server."""

from flask import Flask, Response, request
from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table

from checkin.carrier.signature import is_genuine
from checkin.settings import load
from checkin.store.session import make_engine, transaction

_settings = load()
_engine = make_engine(_settings.database_url)
_metadata = MetaData()
_floor = Table(
    "floor",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("sid", String(64), unique=True),
    Column("body", LargeBinary),
)
_metadata.create_all(_engine)

app = Flask("floor")


@app.get("/healthz")
def healthz() -> str:
    """Alive."""
    return "alive\n"


@app.post("/twilio/sms")
def sms() -> Response:
    """One durable insert."""
    url = f"{_settings.public_base_url}/twilio/sms"
    signature = request.headers.get("X-Twilio-Signature", "")
    if not is_genuine(url, request.form.items(multi=True), signature, _settings.auth_tokens):
        return Response(status=403)
    with transaction(_engine) as session:
        session.execute(_floor.insert().values(sid=request.form["MessageSid"], body=request.form["Body"].encode()))
    return Response("<Response/>", mimetype="text/xml")
