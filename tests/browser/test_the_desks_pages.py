"""Every page of the desk, with something on it: axe finds nothing, light and dark; nothing is wider than a small phone.

A page is known by the name of its address: a new one without a line here fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Site, go_to_desk, running
from tests.house.doors import url_names

pytestmark = pytest.mark.browser
SMALL: Any = {"width": 320, "height": 640}
LANGUAGES = ("en-IE", "es-MX", "fr-FR", "de-DE")
_OURS = ("SECRET_KEY", "SEAL_KEY", "DATABASE_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE", "HEARTH_DATA_DIR")


@dataclass(frozen=True, slots=True)
class Desk:
    """A site where much waits, and whoever has signed in there."""

    site: Site
    places: dict[str, Any]
    visits: dict[str, Any]


@pytest.fixture(scope="module")
def busy(chromium: Browser, tmp_path_factory: pytest.TempPathFactory, elsewhere: str) -> Iterator[Desk]:
    data = tmp_path_factory.mktemp("busy")
    settings = {"SECOND_LOOK_ONE_IN": "1", "UNMASKING_DAYS": "30"}
    with running(data, elsewhere, **settings) as site:
        environment = {name: value for name, value in os.environ.items() if name not in _OURS}
        environment |= {"HEARTH_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "config.settings", **settings}
        filled = [sys.executable, "-m", "tests.browser.busy_desk", site.moderator]
        told = subprocess.run(filled, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        places = json.loads(told.stdout)
        tired = replace(site, moderator=places["tired"], password=places["password"])
        yield Desk(site, places, {"lead": _visit(chromium, site), "tired": _visit(chromium, tired)})


def _visit(chromium: Browser, site: Site) -> Any:
    context = chromium.new_context()
    go_to_desk(context.new_page(), site)
    kept = context.storage_state()
    context.close()
    return kept


def _press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


@dataclass(frozen=True, slots=True)
class Look:
    """`place` is a way below /admin/, or the name of one that the site told; `deed` leads on from there."""

    url_name: str
    place: str
    deed: Callable[[Page, Desk], None] | None = None
    visit: str = "lead"


def _submit(page: Page, _desk: Desk) -> None:
    """Without what is needed: in whatever language."""
    page.locator("#content button.default, #content [name=_save]").last.click()


def _unnamed(page: Page, desk: Desk) -> None:
    page.locator("[name=name]").fill("")
    page.locator("#content [name=_save]").last.click()


def _everything_open(page: Page, _desk: Desk) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.hidden = false; each.open = true; })")


def _refused(page: Page, _desk: Desk) -> None:
    page.locator("[name=action][value=HIDE]").check()
    page.locator("form[data-decides] button.default").first.click()


def _conflict(page: Page, desk: Desk) -> None:
    """Read, changed meanwhile, and decided: the page shows the two beside one another."""
    page.locator("form[data-decides] [name=seen]").evaluate(
        "(field) => { field.value = field.value.replace(/^\\d+/, '0'); }"
    )
    page.locator("[name=action][value=PUBLISH]").check()
    page.locator("form[data-decides] button.default").first.click()


def _preview(page: Page, desk: Desk) -> None:
    fields = "".join(f'<input name="case" value="{each}">' for each in desk.places["waiting"])
    page.evaluate(
        "(fields) => document.querySelector('form[novalidate]').insertAdjacentHTML('beforeend', fields)", fields
    )
    page.locator("[name=act][value=PUBLISH]").check()
    _submit(page, desk)


def _break(page: Page, _desk: Desk) -> None:
    page.locator("form[action$='/next/'] button").click()


_CASE, _BATCH = "moderation_case_change", "moderation_batch_new"
LOOKS = {
    "desk": Look("index", ""),
    "all of moderation": Look("app_list", "moderation/"),
    "queue": Look("moderation_case_changelist", "moderation/case/"),
    "queue, of whoever had enough": Look("moderation_case_changelist", "moderation/case/", visit="tired"),
    "lane": Look("moderation_case_changelist", "moderation/case/?lane=0"),
    "closed ones": Look("moderation_case_changelist", "moderation/case/?state=CLOSED"),
    "case": Look(_CASE, "case"),
    "case, everything open": Look(_CASE, "case", _everything_open),
    "case, refused": Look(_CASE, "case", _refused),
    "case, changed meanwhile": Look(_CASE, "changed", _conflict),
    "case with a hold": Look(_CASE, "plain case"),
    "closed case": Look(_CASE, "closed case"),
    "appeal": Look(_CASE, "appeal"),
    "appeal, refused": Look(_CASE, "appeal", _submit),
    "enough": Look("moderation_case_next", "moderation/case/", _break, visit="tired"),
    "duty": Look("moderation_case_duty", "moderation/case/duty/", visit="tired"),
    "second looks": Look("moderation_case_second_looks", "moderation/case/second-look/"),
    "a second look": Look("moderation_case_second_look", "second look"),
    "a second look, refused": Look("moderation_case_second_look", "second look", _submit),
    "figures": Look("moderation_case_figures", "moderation/case/figures/"),
    "a year": Look("moderation_case_transparency", "moderation/case/transparency/"),
    "a year that is not over": Look("moderation_case_transparency", "moderation/case/transparency/?year=2999"),
    "batches": Look("moderation_batch_changelist", "moderation/batch/"),
    "batch, new": Look(_BATCH, "moderation/batch/new/"),
    "batch, refused": Look(_BATCH, "moderation/batch/new/", _submit),
    "batch, looked at": Look(_BATCH, "moderation/batch/new/", _preview),
    "batch, done": Look("moderation_batch_change", "batch"),
    "sanctions": Look("moderation_sanction_changelist", "moderation/sanction/"),
    "sanction": Look("moderation_sanction_change", "sanction"),
    "sanction, refused": Look("moderation_sanction_change", "sanction", _submit),
    "holds": Look("moderation_hold_changelist", "moderation/hold/"),
    "holds, refused": Look("moderation_hold_changelist", "moderation/hold/", _submit),
    "two people": Look("moderation_accessrequest_changelist", "moderation/accessrequest/"),
    "two people, refused": Look("moderation_accessrequest_changelist", "moderation/accessrequest/", _submit),
    "raid": Look("moderation_raidswitch_changelist", "moderation/raidswitch/"),
    "decisions": Look("moderation_decision_changelist", "moderation/decision/"),
    "decision": Look("moderation_decision_change", "decision"),
    "log": Look("moderation_auditentry_changelist", "moderation/auditentry/"),
    "entry": Look("moderation_auditentry_change", "entry"),
    "entry, facts": Look("moderation_auditentry_redact", "entry"),
    "entry, facts, refused": Look("moderation_auditentry_redact", "entry", _submit),
    "canned replies": Look("moderation_cannedreply_changelist", "moderation/cannedreply/"),
    "canned reply": Look("moderation_cannedreply_change", "reply"),
    "canned reply, new": Look("moderation_cannedreply_add", "moderation/cannedreply/add/"),
    "canned reply, refused": Look("moderation_cannedreply_add", "moderation/cannedreply/add/", _submit),
    "services": Look("crisis_resource_changelist", "crisis/resource/"),
    "service": Look("crisis_resource_change", "service"),
    "service, refused": Look("crisis_resource_change", "service", _unnamed),
    "service, tried": Look("crisis_resource_tried", "service"),
    "service, history": Look("crisis_resource_history", "service"),
    "pins": Look("crisis_pin_changelist", "crisis/pin/"),
    "pin, new": Look("crisis_pin_add", "crisis/pin/add/"),
    "pin, refused": Look("crisis_pin_add", "crisis/pin/add/", _submit),
}
_ENDS = {
    "moderation_auditentry_change": "change/",
    "moderation_auditentry_redact": "redact/",
    "crisis_resource_change": "change/",
    "crisis_resource_tried": "tried/",
    "crisis_resource_history": "history/",
}
# What is no page of its own.
NO_PAGE = {
    *(f"{model}_{way}" for model in ("moderation_batch", "moderation_case") for way in ("add", "delete", "history")),
    *(
        f"{model}_{way}"
        for model in ("moderation_sanction", "moderation_auditentry", "moderation_decision", "moderation_cannedreply")
        for way in ("delete", "history")
    ),
    "moderation_sanction_add", "moderation_auditentry_add", "moderation_decision_add",  # nobody may
    "crisis_resource_add", "crisis_resource_delete",  # nobody may
    "crisis_pin_change", "crisis_pin_delete", "crisis_pin_history",  # as the services' pages
    "moderation_batch_carry_out",  # leads to the result
    "moderation_case_conversation",  # leads to the case of its story
}  # fmt: skip


def test_every_page_is_looked_at() -> None:
    ours = {
        name.removeprefix("admin:") for name in url_names() if name.startswith(("admin:moderation", "admin:crisis"))
    }
    assert ours == {look.url_name for look in LOOKS.values()} - {"index", "app_list"} | NO_PAGE


def go(page: Page, desk: Desk, look: Look) -> None:
    place = desk.places.get(look.place, look.place) + (
        _ENDS.get(look.url_name, "") if look.place in desk.places else ""
    )
    answer = page.goto(f"{desk.site.address}/admin/{place}")
    assert answer is not None
    assert answer.status in {200, 400}
    if look.deed:
        look.deed(page, desk)
        page.wait_for_load_state()
    expect(page.locator("main h1")).to_have_count(1)
    assert resolve(urlsplit(page.url).path).view_name == f"admin:{look.url_name}"


def flaws(page: Page) -> list[str]:
    """Axe is injected by the browser's debugger, which the page's policy does not bind."""
    found = Axe().run(page).response["violations"]
    return [f"{flaw['id']}: {node['html'][:160]}" for flaw in found for node in flaw["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", LOOKS)
def test_axe_finds_nothing(chromium: Browser, busy: Desk, name: str, scheme: Any) -> None:
    look = LOOKS[name]
    context = chromium.new_context(viewport=SMALL, color_scheme=scheme, storage_state=busy.visits[look.visit])
    page = context.new_page()
    go(page, busy, look)
    found = flaws(page)
    context.close()
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wider_than_a_small_phone(chromium: Browser, busy: Desk, language: str) -> None:
    """Everything opened, and with JavaScript or without: what a page lacks does not make it wider."""
    wide = []
    for visit in ("lead", "tired"):
        context = chromium.new_context(viewport=SMALL, locale=language, storage_state=busy.visits[visit])
        page = context.new_page()
        for name, look in LOOKS.items():
            if look.visit == visit:
                go(page, busy, look)
                assert page.locator("html").get_attribute("lang") == language[:2]
                _everything_open(page, busy)
                if (width := page.evaluate("document.documentElement.scrollWidth")) > SMALL["width"]:
                    wide.append((name, width))
        context.close()
    assert wide == []
