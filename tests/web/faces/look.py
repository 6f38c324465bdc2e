"""Pages looked at in Chromium, in every way that the tests ask about."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, CDPSession, ConsoleMessage, Page, Request

MEASURE: Final = Path(__file__).with_name("measure.js").read_text(encoding="utf-8")
WIDTHS: Final = (320, 768, 1280)
_HEIGHT: Final = 900
_PAPERS: Final = (640, 718, 800)
"""Letter, A4 and wider paper without its margins, in CSS pixels."""
_OF_COLOURS: Final = ["color-contrast", "link-in-text-block"]
"""The rules of axe-core whose result hangs on the colours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What there was to see of one page."""

    status: int
    headings: int  # of the first level
    complaints: list[str]  # of the browser
    elsewhere: list[str]  # addresses of other hosts that were asked
    transferred: int  # bytes, headers too
    fonts: list[str]
    sideways: dict[str, int]  # how far it can be moved, by language and width
    violations: dict[str, list[str]]  # of rules of axe-core, by language, colours and width
    keyboard: dict[str, Any]  # `reached` of measure.js
    skipped_to: str  # where the link before the navigation leads
    printed: dict[str, Any]
    script_only: list[str]  # what is not there without JavaScript


class Eyes:
    """Three tabs of one browser: a German desk, an English telephone, one without JavaScript."""

    def __init__(self, browser: Browser, axe: str) -> None:
        self._axe = axe
        self._desk = _tab(browser, "de-DE", 1280)
        self._phone = _tab(browser, "en-GB", 320)
        self._plain = _tab(browser, "de-DE", 1280, script=False)
        self._traffic = _Traffic(self._desk)

    def look(self, address: str) -> Look:
        """Look at one page."""
        desk, phone, plain = self._desk, self._phone, self._plain
        _resize(desk, 1280)
        desk.emulate_media(media="screen", color_scheme="light")
        self._traffic.begin(address)
        response = desk.goto(address)
        assert response is not None
        desk.evaluate("document.fonts.ready.then(() => 0)")
        desk.evaluate(MEASURE)
        content = desk.evaluate("faces.content()")
        light = self._violations(desk)
        desk.emulate_media(color_scheme="dark")
        dark = self._violations(desk, _OF_COLOURS)
        desk.emulate_media(color_scheme="light")
        keyboard = _tabbed_through(desk)
        skipped_to = _skip(desk)
        sideways = _sideways(desk, "de")
        printed = _printed(desk)

        _resize(phone, 320)
        phone.goto(address)
        phone.evaluate(MEASURE)
        small = self._violations(phone)
        sideways |= _sideways(phone, "en")

        plain.goto(address)
        plain.evaluate(MEASURE)
        without_script = {_but_seconds(one) for one in plain.evaluate("faces.content()")}
        return Look(
            status=response.status,
            headings=desk.locator("h1").count(),
            complaints=self._traffic.complaints,
            elsewhere=self._traffic.elsewhere,
            transferred=self._traffic.transferred,
            fonts=self._traffic.fonts,
            sideways=sideways,
            violations={"de light 1280": light, "de dark 1280": dark, "en light 320": small},
            keyboard=keyboard,
            skipped_to=skipped_to,
            printed=printed,
            script_only=[one for one in content if _but_seconds(one) not in without_script],
        )

    def _violations(self, tab: Page, rules: list[str] | None = None) -> list[str]:
        """What axe-core finds; it comes by the DevTools, as no page may load it."""
        if not tab.evaluate("typeof axe === 'object'"):
            tab.evaluate(self._axe)
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = {"type": "rule", "values": rules}
        found = tab.evaluate("options => axe.run(document, options)", options)
        return [
            f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]


class _Traffic:
    """What a tab loads of one page, always anew, and what the browser complains of."""

    def __init__(self, tab: Page) -> None:
        self.begin("")
        tab.on("console", self._heard)
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("request", self._asked)
        session: CDPSession = tab.context.new_cdp_session(tab)
        session.on("Network.loadingFinished", self._loaded)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def begin(self, address: str) -> None:
        """From now on it is this page."""
        self._address = address
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.fonts: list[str] = []
        self.transferred = 0

    def _heard(self, said: ConsoleMessage) -> None:
        # The page itself may be an error, of which the console tells.
        if said.location["url"] != self._address:
            self.complaints.append(said.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith("/".join(self._address.split("/")[:3]) + "/"):
            self.elsewhere.append(request.url)
        if request.resource_type == "font":
            self.fonts.append(request.url.rsplit("/", 1)[1])

    def _loaded(self, event: dict[str, Any]) -> None:
        self.transferred += event["encodedDataLength"]


def _tab(browser: Browser, locale: str, width: int, *, script: bool = True) -> Page:
    tab = browser.new_page(
        locale=locale, viewport={"width": width, "height": _HEIGHT}, java_script_enabled=script
    )
    tab.set_default_timeout(20_000)
    return tab


def _but_seconds(text: str) -> str:
    """A page that says how long to wait, or how long it took, says something else the next time."""
    return re.sub(r"\d+ (?=Sekunden|ms)", "", text)


def _resize(tab: Page, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": _HEIGHT})


def _sideways(tab: Page, tag: str) -> dict[str, int]:
    found = {}
    for width in WIDTHS:
        _resize(tab, width)
        found[f"{tag} {width}"] = tab.evaluate("faces.sideways()")
    return found


def _tabbed_through(tab: Page) -> dict[str, Any]:
    for _ in range(tab.evaluate("faces.follow()")):
        tab.keyboard.press("Tab")
    reached: dict[str, Any] = tab.evaluate("faces.reached()")
    return reached


def _skip(tab: Page) -> str:
    link = tab.locator(".skip")
    if not link.count():
        return ""
    link.focus()
    tab.keyboard.press("Enter")
    return str(tab.evaluate("faces.active()"))


def _printed(tab: Page) -> dict[str, Any]:
    tab.emulate_media(media="print", color_scheme="dark")
    asked = ("sideways", "cut", "folded", "controls", "dark")
    found: dict[str, Any] = {}
    for width in _PAPERS:  # a fault on one of them is a fault
        _resize(tab, width)
        now = {name: tab.evaluate(f"faces.{name}()") for name in asked}
        found |= {name: value for name, value in now.items() if value or name not in found}
    return found
