"""The addresses that are told of illness: several in one variable, refused in one sentence, never shown."""

import pytest

from checkin.illness.alerts import Alerts
from checkin.settings import BadSettings, load

PLACE = {"CHECKIN_DATA_DIR": "/nowhere"}


def test_several_addresses_with_commas_of_their_own() -> None:
    given = "mailto://u:p@example.org?to=a@example.org,b@example.org, slack://T1/B2/c3\n json://localhost"
    urls = load({**PLACE, "ALERT_URLS": given}, None).alert_urls
    assert urls == ("mailto://u:p@example.org?to=a@example.org,b@example.org", "slack://T1/B2/c3", "json://localhost")


def test_a_heartbeat_address_may_have_a_query() -> None:
    url = "https://hc.example.org/ping?key=1"
    assert load({**PLACE, "HEARTBEAT_URL": url}, None).heartbeat_url == url


@pytest.mark.parametrize(
    ("name", "value"), [("ALERT_URLS", "me@example.org"), ("HEARTBEAT_URL", "hc.example.org/s3cret")]
)
def test_what_is_no_address_is_refused_without_being_repeated(name: str, value: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load({**PLACE, name: value}, None)
    assert name in str(refused.value)
    assert value not in str(refused.value)


def test_a_service_that_apprise_does_not_know_is_refused_by_its_scheme_alone() -> None:
    with pytest.raises(BadSettings) as refused:
        Alerts(["json://localhost", "nosuch://s3cret"])
    assert "address 2 (nosuch://)" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_the_addresses_are_not_shown() -> None:
    settings = load({**PLACE, "ALERT_URLS": "json://s3cret", "HEARTBEAT_URL": "https://hc.example.org/s3cret"}, None)
    assert "s3cret" not in repr(settings)
