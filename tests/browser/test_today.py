"""Today in Chromium: it renews itself, rings for a new crisis, and says so when the connection is lost."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.town import Town

Axe = Callable[[Page], None]
Shot = Callable[[Page, str], None]


NO_STREAM = """
window.EventSource = class extends EventTarget {
  static OPEN = 1;
  static CLOSED = 2;
  readyState = 2;
  constructor() { super(); setTimeout(() => this.dispatchEvent(new Event("error"))); }
  close() {}
};
const asks = window.fetch;
window.fetch = (...given) => (window.away ? Promise.reject(new TypeError("away")) : asks(...given));
"""


MOVES = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.moved += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def test_on_a_phone_the_first_case_does_not_move_away_under_the_thumb_when_scripts_come(town: Town, page: Page) -> None:
    town.sam.sends("i want to die")
    town.passes(seconds=2)
    page.set_viewport_size({"width": 390, "height": 844})
    page.add_init_script(MOVES)
    page.route("**/pages.js*", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.route("**/today.js*", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.goto("/")
    expect(page.get_by_role("button", name="Menu")).to_be_visible()
    expect(page.locator("[data-tools]")).to_be_visible()
    page.wait_for_timeout(300)
    # 0.1 is where a page counts as quiet: https://web.dev/articles/cls
    assert page.evaluate("moved") < 0.1


def test_the_navigation_is_there_though_its_script_never_came(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.route("**/pages.js*", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page.goto("/")
    expect(page.get_by_role("navigation").get_by_role("link", name="Members")).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()


def test_a_new_crisis_comes_by_itself_rings_and_leaves_what_is_being_typed(
    town: Town, page: Page, axe: Axe, shot: Shot
) -> None:
    town.eve.sends("is this the number for the group?")
    town.sam.sends("i cant do this any more")
    town.passes(seconds=2)
    page.goto("/")
    page.get_by_text("Answer by text").click()
    page.get_by_label("Your answer, sent once").fill("Yes, come on Fri")
    clock = page.locator("[data-since]")
    before = clock.inner_text()
    town.sam.sends("i want to die")
    town.passes(seconds=1)
    expect(page.locator("[data-crisis]")).to_have_count(1, timeout=20_000)
    expect(page.locator("body")).to_have_attribute("data-rang", "1")
    expect(page.get_by_role("status").filter(has_text="A new crisis is open")).to_have_count(1)
    answer = page.get_by_label("Your answer, sent once")
    expect(answer).to_be_focused()
    expect(answer).to_have_value("Yes, come on Fri")
    page.keyboard.type("day")
    expect(answer).to_have_value("Yes, come on Friday")
    expect(clock).not_to_have_text(before)
    axe(page)
    shot(page, "today")


def test_a_phone_on_which_only_a_service_worker_may_notify_is_notified_of_a_new_crisis(town: Town, page: Page) -> None:
    page.add_init_script("""
      window.Notification = class { static permission = "granted"; constructor() { throw new TypeError("illegal"); } };
      ServiceWorkerRegistration.prototype.showNotification = async function (title, words) {
        document.body.dataset.notified = `${title}: ${words.body} ${this.active.state}`;
      };
    """)
    page.goto("/")
    town.sam.sends("i want to die")
    town.passes(seconds=1)
    expect(page.locator("body")).to_have_attribute(
        "data-notified", "A new crisis is open: Open the page to see it. activated"
    )


def test_she_takes_a_case_and_closes_it_with_the_keyboard_alone(town: Town, page: Page, axe: Axe, shot: Shot) -> None:
    town.sam.sends("i cant do this any more")
    town.passes(seconds=2)
    page.goto("/cases/1")
    page.get_by_role("button", name="Ring my phone").press("Enter")
    expect(page.get_by_text("Your phone rings now")).to_be_visible()
    town.rings(town.dora).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=3)
    expect(page.get_by_text("Dora talks with them now.")).to_be_visible(timeout=20_000)
    axe(page)
    shot(page, "case")
    page.get_by_label("Your words to Sam, by text").fill("a" * 200)
    expect(page.get_by_text("2 texts, and as much to pay.")).to_be_visible()
    page.get_by_label("Settled: they are all right for now").press("Space")
    page.get_by_role("button", name="Close the case").press("Enter")
    expect(page.get_by_text("Case 1 is closed.")).to_be_visible()


def test_it_says_when_the_connection_is_lost_and_when_it_is_back(town: Town, page: Page, shot: Shot) -> None:
    page.clock.install()
    page.add_init_script(NO_STREAM)
    with page.expect_response("**/today/mark"):
        page.goto("/")
    page.wait_for_load_state("networkidle")  # an answer that is still on its way would be a word after the loss
    page.evaluate("window.away = true")
    page.clock.run_for(25_000)
    expect(page.get_by_role("alert")).to_contain_text("The connection is lost.")
    shot(page, "today-lost")
    page.evaluate("window.away = false")
    page.clock.run_for(6_000)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="The connection is back.")).to_have_count(1)


def test_without_a_stream_it_asks_and_sound_off_is_remembered(town: Town, page: Page) -> None:
    page.add_init_script(NO_STREAM)
    page.goto("/")
    sound = page.locator("[data-sound]")
    page.evaluate("localStorage.setItem('checkin-muted', 'yes')")
    page.reload()
    expect(sound).to_have_attribute("aria-pressed", "false")
    town.sam.sends("i want to die")
    town.passes(seconds=1)
    expect(page.locator("[data-crisis]")).to_have_count(1, timeout=20_000)
    assert page.locator("body").get_attribute("data-rang") is None
