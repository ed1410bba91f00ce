"""The page of phones in Chromium: a text typed, a call answered by keyboard, keys pressed; no error in its console."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from twilio.request_validator import RequestValidator

from checkin.simulator.server import Account, Simulator
from tests.carrier.service import Service, until

ACCOUNT_SID, TOKEN, NUMBER = "AC" + "a" * 32, "t" * 32, "+12025550100"
SAM, ANA = "+12025550101", "+12025550102"
ASKS = """<Response><Gather numDigits="1" timeout="60" action="{url}/twilio/call/1/keys/offer">
<Say>Someone you support asks for a peer. Press 1 to take it.</Say></Gather></Response>"""

pytestmark = pytest.mark.browser


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.close()


@pytest.fixture
def simulator(service: Service) -> Iterator[Simulator]:
    running = Simulator(Account(ACCOUNT_SID, TOKEN, service.url, (NUMBER,)), lambda: datetime.now(UTC))
    running.add_phones([{"number": SAM, "label": "Sam, a member"}, {"number": ANA, "label": "Ana, a volunteer"}])
    running.start()
    yield running
    running.stop()


@pytest.fixture
def page(simulator: Simulator, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    opened = browser.new_page(**getattr(request, "param", {}))
    wrong: list[str] = []
    opened.on("console", lambda line: wrong.append(line.text) if line.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.goto(simulator.url)
    yield opened
    opened.close()
    assert wrong == []


def phone(page: Page, label: str) -> Locator:
    return page.get_by_role("region", name=label)


def test_a_text_is_typed_and_a_call_is_taken_by_keyboard(page: Page, simulator: Simulator, service: Service) -> None:
    sam = phone(page, "Sam, a member")
    sam.get_by_label("Text from Sam").fill("not good, i cant do this any more")
    page.keyboard.press("Enter")
    until(lambda: service.posted)
    path, form, signature = service.posted[0]
    assert (path, form["From"], form["Body"]) == ("/twilio/sms", SAM, "not good, i cant do this any more")
    assert RequestValidator(TOKEN).validate(service.url + path, form, signature)
    expect(sam.get_by_role("listitem")).to_contain_text("not good")
    expect(sam.get_by_label("Text from Sam")).to_have_value("")

    service.answers = [(200, ASKS.format(url=service.url))]
    with simulator.lock:
        simulator.world.place(ANA, f"{service.url}/twilio/call/1/answered", f"{service.url}/twilio/call/1/status", 25)
    ana = phone(page, "Ana, a volunteer")
    expect(ana).to_contain_text(f"Ringing: {NUMBER}")
    expect(page.get_by_role("status").first).to_contain_text("Ana, a volunteer's phone rings.")
    ana.get_by_role("button", name="Answer").focus()
    page.keyboard.press("Enter")
    expect(ana.get_by_role("log")).to_contain_text("Press 1 to take it.")
    service.answers = [(200, "<Response><Say>Thank you, we ring Sam.</Say><Pause length='60'/></Response>")]
    page.keyboard.press("1")
    expect(ana.get_by_role("log")).to_contain_text("Thank you, we ring Sam.")
    [keys] = [form for path, form, _ in service.posted if path.endswith("/keys/offer")]
    assert keys["Digits"] == "1"
    ana.get_by_role("button", name="Hang up").click()
    expect(ana).to_contain_text("Ready")
    until(lambda: service.posted[-1][1].get("CallStatus") == "completed")


def test_a_key_picks_up_a_ringing_phone_and_the_star_leaves_a_talk(
    page: Page, simulator: Simulator, service: Service
) -> None:
    dial = f'<Dial action="{service.url}/after" hangupOnStar="true"><Conference>talk</Conference></Dial>'
    service.answers = [(200, ASKS.format(url=service.url)), (200, f"<Response>{dial}</Response>")]
    with simulator.lock:
        simulator.world.place(ANA, f"{service.url}/twilio/call/1/answered", f"{service.url}/twilio/call/1/status", 25)
    ana = phone(page, "Ana, a volunteer")
    expect(ana).to_contain_text(f"Ringing: {NUMBER}")
    ana.get_by_role("button", name="1", exact=True).click()
    expect(ana).to_contain_text("Waiting to be joined")
    service.answers = [(200, "<Response><Say>You are out of the talk.</Say><Pause length='60'/></Response>")]
    ana.get_by_role("button", name="*", exact=True).click()
    expect(ana.get_by_role("log")).to_contain_text("You are out of the talk.")


def test_a_text_arrives_a_habit_is_chosen_and_a_phone_is_added(page: Page, simulator: Simulator) -> None:
    with simulator.lock:
        simulator.world.send(SAM, "Hi Sam <b>how</b> are you?", "")
    expect(phone(page, "Sam").get_by_role("listitem")).to_contain_text("Hi Sam <b>how</b> are you?")
    phone(page, "Ana").get_by_label("When it rings, it").select_option("goes to voicemail")
    until(lambda: simulator.world.phone(ANA).habit == "voicemail")
    page.get_by_label("Number").fill("+1 202 555 0142")
    page.get_by_label("Whose").fill("Eve, unknown")
    page.get_by_role("button", name="Add it").click()
    expect(phone(page, "Eve, unknown")).to_contain_text("+12025550142")
    expect(page.get_by_text("Eve, unknown is there.")).to_be_visible()


@pytest.mark.parametrize(
    "page",
    [
        {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
        for width in (360, 1280)
        for scheme in ("light", "dark")
    ],
    indirect=True,
    ids=str,
)
def test_it_fits_and_can_be_read(page: Page) -> None:
    expect(page.get_by_role("region")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(POOR_CONTRAST) == []
    assert page.evaluate(UNNAMED) == []


POOR_CONTRAST = """() => {
  const light = (colour) => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).slice(0, 3)
      .map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility())
    .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((each) => {
      const [more, less] = [light(getComputedStyle(each).color), light(behind(each))].sort((a, b) => b - a);
      return [each.tagName + " " + each.textContent.trim().slice(0, 30), (more + 0.05) / (less + 0.05)];
    })
    .filter(([, contrast]) => contrast < 4.5);
}"""
"""Texts whose contrast with what is behind them is under 4.5 : 1."""

UNNAMED = """() => [...document.querySelectorAll("button, input, select, section")]
  .filter((each) => each.checkVisibility())
  .filter((each) => !(each.labels?.length || each.getAttribute("aria-label") || each.getAttribute("aria-labelledby")
    || each.textContent.trim()))
  .map((each) => each.outerHTML)"""
"""Controls without a name."""
