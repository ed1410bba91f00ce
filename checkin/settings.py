"""What the operator decides, read once from the environment and a `.env` file. The only reader of the environment.

A wrong value is refused at the start, in one sentence: which variable, what is wrong with it, how to mend it.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit
from zoneinfo import available_timezones

import phonenumbers
from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
"""The checkout that this runs from: Procfile and templates lie here."""

SIMULATED_NUMBER = "+12025550100"
"""The number of the service where the simulator is the carrier."""

SAMPLE_PHONES = (
    ("Sam (member)", "+12025550101"),
    ("Ana (volunteer)", "+12025550102"),
    ("Ben (volunteer)", "+12025550103"),
    ("Dora (coordinator)", "+12025550104"),
)
"""The circle that is made to be looked at, where the simulator is the carrier: numbers that no real phone has."""

_LONGEST_SOCKET_PATH = 100
"""Unix socket addresses hold 104 bytes (macOS) or 108 (Linux)."""


_BETWEEN_ADDRESSES = re.compile(r"[\s,]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")

READY_FILE = "CHECKIN_READY_FILE"
"""The variable by which `checkin up` names the file that a process makes when it is ready; no setting of a person's."""


class BadSettings(Exception):
    """A variable is wrong or missing. The text is one sentence for the operator and holds no secret."""


def _variable(name: str, default: Any, *, secret: bool = False) -> Any:
    return Field(default=default, validation_alias=name, repr=not secret)


def _several(text: object) -> object:
    """Split what is written with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip()) if isinstance(text, str) else text


def _several_addresses(text: object) -> object:
    """Split where a comma or white space is followed by `scheme://`: an address may hold commas of its own."""
    return tuple(_BETWEEN_ADDRESSES.split(text.strip(" ,\n\t"))) if isinstance(text, str) else text


class Settings(BaseSettings):
    """The settings of one installation; frozen. README.md lists the variables."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    data_dir: Path = _variable("CHECKIN_DATA_DIR", Path("data"))
    database_url_given: str | None = _variable("DATABASE_URL", None)
    redis_url_given: str | None = _variable("REDIS_URL", None)
    public_base_url: str = _variable("PUBLIC_BASE_URL", "")
    port: int = _variable("PORT", 8000)
    simulator_port: int = _variable("CHECKIN_SIMULATOR_PORT", 0)
    web_processes: int = _variable("WEB_CONCURRENCY", 0)
    account_sid: str | None = _variable("TWILIO_ACCOUNT_SID", None)
    auth_tokens: Annotated[tuple[str, ...], NoDecode] = _variable("TWILIO_AUTH_TOKEN", ())
    from_numbers: Annotated[tuple[str, ...], NoDecode] = _variable("TWILIO_FROM_NUMBER", ())
    messaging_service_sid: str | None = _variable("TWILIO_MESSAGING_SERVICE_SID", None)
    twilio_api_base_url: str | None = _variable("TWILIO_API_BASE_URL", None)
    secret_key: str | None = _variable("CHECKIN_SECRET_KEY", None)
    encryption_keys: Annotated[tuple[str, ...], NoDecode] = _variable("CHECKIN_ENCRYPTION_KEYS", ())
    default_region: str = _variable("CHECKIN_DEFAULT_REGION", "US")
    default_timezone: str = _variable("CHECKIN_DEFAULT_TIMEZONE", "UTC")
    policy_file: Path | None = _variable("CHECKIN_POLICY_FILE", None)
    model_file: Path | None = _variable("CHECKIN_MODEL_FILE", None)
    backup_dir_given: Path | None = _variable("CHECKIN_BACKUP_DIR", None)
    backup_keep: int = _variable("CHECKIN_BACKUP_KEEP", 14)
    log_json: bool = _variable("CHECKIN_LOG_JSON", False)
    alert_urls: Annotated[tuple[str, ...], NoDecode] = _variable("ALERT_URLS", (), secret=True)
    webhooks_private: bool = _variable("CHECKIN_WEBHOOKS_PRIVATE", False)
    heartbeat_url: str | None = _variable("HEARTBEAT_URL", None, secret=True)

    _split = field_validator("auth_tokens", "from_numbers", "encryption_keys", mode="before")(_several)
    _split_urls = field_validator("alert_urls", mode="before")(_several_addresses)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` hands over counts: it has already laid the environment over the file."""
        return (init_settings,)

    @property
    def twilio_configured(self) -> bool:
        """Whether a real account is set. Without one the built-in simulator is the carrier."""
        return self.account_sid is not None

    @property
    def database_url(self) -> str:
        """The database: the one given, else SQLite in the data folder."""
        if self.database_url_given:
            return with_driver(self.database_url_given)
        return f"sqlite:///{self.data_dir.absolute() / 'checkin.sqlite3'}"

    @property
    def backup_dir(self) -> Path:
        """Where backups are put."""
        return (self.backup_dir_given or self.data_dir / "backups").absolute()

    @property
    def uses_sqlite(self) -> bool:
        """Whether the database is one file, which one process at a time writes best."""
        return self.database_url.startswith("sqlite")

    @property
    def uses_embedded_redis(self) -> bool:
        """Whether we start and supervise the queue's server ourselves."""
        return self.redis_url_given is None

    @property
    def redis_socket(self) -> Path:
        """Where the embedded server listens. A data folder with a long path gets a short one below /tmp."""
        inside = self.data_dir.absolute() / "valkey" / "valkey.sock"
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH:
            return inside
        mark = hashlib.sha256(os.fsencode(self.data_dir.resolve())).hexdigest()[:12]
        # Not $TMPDIR: every process of the service must find the same place. The folder's owner is checked before use.
        return Path("/tmp") / f"checkin-{os.getuid()}-{mark}" / "valkey.sock"  # noqa: S108

    @property
    def redis_url(self) -> str:
        """The queue's server as a URL: the one given, else the embedded one's socket."""
        return self.redis_url_given or f"unix://{quote(str(self.redis_socket))}"

    @property
    def web_host(self) -> str:
        """Where the web process listens: for the carrier everywhere, for the simulator on loopback."""
        return "0.0.0.0" if self.twilio_configured else "127.0.0.1"  # noqa: S104

    @property
    def carrier_base_url(self) -> str | None:
        """Where the Twilio client goes; None for Twilio itself. Without an account: the simulator on loopback."""
        if not self.twilio_configured:
            return f"http://127.0.0.1:{self.simulator_port}"
        return self.twilio_api_base_url

    @property
    def carrier_is_here(self) -> bool:
        """Whether the carrier is on this machine, as a simulator is: it reaches loopback, and rings no real phone."""
        return self.carrier_base_url is not None and _is_of_this_machine(self.carrier_base_url)

    @property
    def templates_root(self) -> Path:
        """The folder of all words: `sms`, `voice`, `web`."""
        return ROOT / "templates"


def load(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings; what the environment says goes before the file. Raises BadSettings."""
    given = merged_environment(environ, env_file)
    names = [str(field.validation_alias) for field in Settings.model_fields.values()]
    values: dict[str, Any] = {name: given[name].strip() for name in names if given.get(name, "").strip()}
    try:
        settings = Settings(**values)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise BadSettings(f"{name} is not {_EXPECTED.get(name, 'a value that can be read')}.") from None
    _check_numbers(settings)
    _check_carrier(settings)
    _check_places(settings)
    _check_callbacks(settings)
    port = settings.port
    return settings.model_copy(
        update={
            "public_base_url": (settings.public_base_url or f"http://127.0.0.1:{port}").rstrip("/"),
            "simulator_port": settings.simulator_port or (port + 1000 if port + 1000 < 65536 else port - 1000),
            "web_processes": 1 if settings.uses_sqlite else settings.web_processes or 2,
            "default_region": settings.default_region.upper(),
            "from_numbers": settings.from_numbers if settings.twilio_configured else (SIMULATED_NUMBER,),
        }
    )


def merged_environment(
    environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")
) -> dict[str, str]:
    """The environment laid over the `.env` file: what child processes are started with. Raises BadSettings."""
    given: dict[str, str] = {}
    if env_file is not None and env_file.is_file():
        try:
            given.update({key: value for key, value in dotenv_values(env_file).items() if value is not None})
        except (OSError, UnicodeDecodeError) as error:
            raise BadSettings(
                f"The file {env_file} cannot be read: make it UTF-8 text that this user may read."
            ) from error
    given.update(os.environ if environ is None else environ)
    return given


_EXPECTED = {
    "PORT": "a number between 1 and 65535",
    "CHECKIN_SIMULATOR_PORT": "a number between 1 and 65535",
    "WEB_CONCURRENCY": "a number between 1 and 64",
    "CHECKIN_BACKUP_KEEP": "a number between 0 (no daily backup) and 1000",
    "CHECKIN_LOG_JSON": "true or false",
    "CHECKIN_WEBHOOKS_PRIVATE": "true or false",
}


def _check_numbers(settings: Settings) -> None:
    for name, value, highest in (
        ("PORT", settings.port, 65535),
        ("CHECKIN_SIMULATOR_PORT", settings.simulator_port or 1, 65535),
        ("WEB_CONCURRENCY", settings.web_processes or 1, 64),
    ):
        if not 1 <= value <= highest:
            raise BadSettings(f"{name} is not {_EXPECTED[name]}.")
    if not 0 <= settings.backup_keep <= 1000:
        raise BadSettings(f"CHECKIN_BACKUP_KEEP is not {_EXPECTED['CHECKIN_BACKUP_KEEP']}.")
    if settings.simulator_port == settings.port:
        raise BadSettings("CHECKIN_SIMULATOR_PORT is the same as PORT: give the simulator another port.")


def _check_carrier(settings: Settings) -> None:
    parts = {
        "TWILIO_ACCOUNT_SID": settings.account_sid,
        "TWILIO_AUTH_TOKEN": settings.auth_tokens,
        "TWILIO_FROM_NUMBER": settings.from_numbers,
    }
    missing = [name for name, value in parts.items() if not value]
    started = len(missing) < len(parts) or settings.messaging_service_sid
    if started and missing:
        calls = " (calls need a number, even beside a messaging service)" if missing == ["TWILIO_FROM_NUMBER"] else ""
        raise BadSettings(
            f"The Twilio account is only half set: {' and '.join(missing)} is missing{calls}; "
            "set it too, or remove every TWILIO_ variable to use the built-in simulator."
        )
    if not started:
        return
    for name, sid, kind in (
        ("TWILIO_ACCOUNT_SID", settings.account_sid, "AC"),
        ("TWILIO_MESSAGING_SERVICE_SID", settings.messaging_service_sid, "MG"),
    ):
        if sid is not None and not _is_sid(sid, kind):
            raise BadSettings(f"{name} is not {kind} and 32 digits or letters a to f: copy it from the Twilio console.")
    if len(settings.auth_tokens) > 2:
        raise BadSettings("TWILIO_AUTH_TOKEN holds more than two tokens: give the new one, a comma and the old one.")
    for place, number in enumerate(settings.from_numbers, start=1):
        if not _is_e164(number):
            raise BadSettings(
                f"TWILIO_FROM_NUMBER: number {place} is not a telephone number with + and country code, "
                "such as +12025550123."
            )


def _check_places(settings: Settings) -> None:
    for name, url in (
        ("PUBLIC_BASE_URL", settings.public_base_url),
        ("TWILIO_API_BASE_URL", settings.twilio_api_base_url),
    ):
        if url and not _is_http(url):
            raise BadSettings(f"{name} is not an address such as https://checkin.example.org, without ? or #.")
    if settings.heartbeat_url is not None and not _is_http(settings.heartbeat_url, query=True):
        raise BadSettings("HEARTBEAT_URL is not an address such as https://hc.example.org/ping/….")
    for place, url in enumerate(settings.alert_urls, start=1):
        if not _ADDRESS.fullmatch(url):
            raise BadSettings(
                f"ALERT_URLS: address {place} is not one such as mailto://…: see Apprise's list of services."
            )
    if settings.database_url_given is not None and not _is_database(settings.database_url_given):
        raise BadSettings(
            "DATABASE_URL is not an address such as postgresql://user:password@host/name or sqlite:////folder/file."
        )
    if settings.redis_url_given is not None and not settings.redis_url_given.startswith(
        ("redis://", "rediss://", "unix://", "redis+sentinel://")
    ):
        raise BadSettings(
            "REDIS_URL is not an address such as redis://host:6379/0, rediss://host:6379/0 "
            "or redis+sentinel://host1:26379,host2:26379/name/0."
        )
    if settings.default_region.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise BadSettings("CHECKIN_DEFAULT_REGION is not a country's two letters, such as US or GB.")
    if settings.default_timezone not in available_timezones():
        raise BadSettings("CHECKIN_DEFAULT_TIMEZONE is not a time zone's name, such as America/New_York.")
    if settings.policy_file is not None and not settings.policy_file.is_file():
        raise BadSettings(
            "CHECKIN_POLICY_FILE names no file: correct the path, or remove it to use the packaged policies."
        )
    if settings.model_file is not None and not settings.model_file.is_file():
        raise BadSettings("CHECKIN_MODEL_FILE names no file: correct the path, or remove it to use the packaged model.")


def _check_callbacks(settings: Settings) -> None:
    """A carrier elsewhere cannot call back an address of this machine alone, nor sign for it what it posts."""
    url = settings.public_base_url
    if settings.carrier_is_here or (url and not _is_of_this_machine(url)):
        return
    wrong = "leads to this machine alone" if url else "is missing"
    raise BadSettings(
        f"PUBLIC_BASE_URL {wrong}: with a Twilio account, set the address at which Twilio reaches this service, "
        "such as https://checkin.example.org."
    )


def _is_sid(text: str, kind: str) -> bool:
    return len(text) == 34 and text.startswith(kind) and all(sign in "0123456789abcdef" for sign in text[2:])


def _is_e164(text: str) -> bool:
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return False
    return (
        phonenumbers.is_possible_number(number)
        and phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == text
    )


def _is_http(url: str, *, query: bool = False) -> bool:
    try:
        parts = urlsplit(url)
        readable_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and readable_port
        and (query or not parts.query)
        and not parts.fragment
    )


def _is_of_this_machine(url: str) -> bool:
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def say_ready() -> None:
    """Tell whoever started this process, and asked to be told, that it has begun its work."""
    asked = os.environ.get(READY_FILE)
    if asked and Path(asked).parent.exists():  # gone: it was told already, by another of this program's processes
        Path(asked).touch()


def with_driver(url: str) -> str:
    """A database's address with the driver that is used; postgresql:// and postgres:// are what others hand out."""
    scheme, rest = url.partition("://")[::2]
    return f"postgresql+psycopg://{rest}" if scheme in ("postgresql", "postgres") else url


def _is_database(url: str) -> bool:
    try:
        return make_url(with_driver(url)).drivername in {"sqlite", "postgresql+psycopg"}
    except ArgumentError:
        return False
