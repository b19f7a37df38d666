"""A real server in a folder of its own, and a real Chromium. Nothing here touches the database but through pages."""

from __future__ import annotations

import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.mirroring import write_mirrored_language

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True, slots=True)
class Site:
    address: str
    moderator: str
    password: str
    elsewhere: str
    data: Path


class _Elsewhere(http.server.BaseHTTPRequestHandler):
    """The ordinary page that the way out leads to. It notes what it is told about where somebody came from."""

    referrers: list[str | None] = []

    def do_GET(self) -> None:
        if self.path == "/":  # not its own icon
            self.referrers.append(self.headers.get("Referer"))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>Weather</title><h1>Sunny</h1>")

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"  # another host than the site's, as it is in life
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, elsewhere: str) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("site"), elsewhere) as site:
        yield site


@pytest.fixture(scope="session")
def mirrored_site(tmp_path_factory: pytest.TempPathFactory, elsewhere: str) -> Iterator[Site]:
    """In a made-up language that is written from right to left."""
    data = tmp_path_factory.mktemp("mirrored")
    write_mirrored_language(data / "locale")
    with running(data, elsewhere, DJANGO_SETTINGS_MODULE="tests.browser.mirrored_settings") as site:
        yield site


@contextmanager
def running(data: Path, elsewhere: str, **settings: str) -> Iterator[Site]:
    kept = ("SECRET_KEY", "SEAL_KEY", "DATABASE_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE", "HEARTH_DATA_DIR")
    environment = {name: value for name, value in os.environ.items() if name not in kept}
    environment |= {"HEARTH_DATA_DIR": str(data), "EXIT_URL": elsewhere, "PYTHONUNBUFFERED": "1"}
    environment |= {"WRITES_A_MINUTE": "1000"}  # all these people come from one address
    environment |= {"HEARTH_VENV": str(Path(sys.prefix)), **settings}
    server = subprocess.Popen(
        [ROOT / "script" / "server", "--port", "0"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    said = ""
    for line in server.stdout:
        said += line
        if "stop with Ctrl+C" in line:
            break
    found = {name: re.search(rf"{name}: +(\S+)", said) for name in ("name", "password")}
    address = re.search(r"Hearth is at (http://\S+?)/ ", said)
    assert address, said
    assert found["name"], said
    assert found["password"], said
    threading.Thread(target=server.stdout.read, daemon=True).start()  # so that its pipe never fills
    yield Site(address[1], found["name"][1], found["password"][1], elsewhere, data)
    server.terminate()
    server.wait(30)
    server.stdout.close()


def chromium_path() -> str | None:
    """The browser that people have."""
    return os.environ.get("HEARTH_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def shell_path() -> str | None:
    """The same without its windows, where it is installed: a context costs a third of the work.

    It keeps no page for Back: whoever tests that takes the whole one.
    """
    return shutil.which("chromium-headless-shell") or chromium_path()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shell_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


class Foreign(AssertionError):
    """A page asked another host for something (safety.md B3)."""


def new_context(chromium: Browser, site: Site, *, javascript: bool = True, width: int = 390) -> BrowserContext:
    context = chromium.new_context(java_script_enabled=javascript, viewport={"width": width, "height": 780})
    context.set_default_timeout(15_000)
    return context


@pytest.fixture
def phone(chromium: Browser, site: Site, javascript: bool) -> Iterator[Page]:
    """A page of a visitor; the test fails if it ever asked a foreign host for anything."""
    context = new_context(chromium, site, javascript=javascript)
    foreign: list[str] = []
    allowed = (site.address, site.elsewhere, "data:")
    context.on("request", lambda sent: foreign.append(sent.url) if not sent.url.startswith(allowed) else None)
    yield context.new_page()
    context.close()
    assert foreign == []


def reload_until(page: Page, words: str) -> None:
    """Words of the team are read some seconds after the decision (moderation/services/undoing.py)."""
    for _second in range(30):
        page.reload()
        try:
            return expect(page.get_by_role("main")).to_contain_text(words, timeout=1_000)
        except AssertionError:
            continue
    raise AssertionError(words)


def go_to_desk(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/admin/")
    page.get_by_label("Your name here").fill(site.moderator)
    page.get_by_label("Your password").fill(site.password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site.address}/admin/")


@pytest.fixture
def desk(chromium: Browser, site: Site) -> Iterator[Page]:
    """A moderator at the desk, signed in through the members' door."""
    context = new_context(chromium, site, width=1200)
    page = context.new_page()
    go_to_desk(page, site)
    yield page
    context.close()
