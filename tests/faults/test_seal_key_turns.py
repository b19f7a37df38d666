"""The seal key is turned while people write, and the command that turns it is killed outright, again and again."""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.env import BASE_DIR
from tests.faults.helpers import KilledSite, Writers, new_postgres_database
from tests.faults.starting import START, wait_until
from tests.faults.test_kill_nine import Ask, asking

pytestmark = pytest.mark.faults

OLD, NEW = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
KILLS = 4
BEFORE = 600  # guests who wrote under the old key: each has two records
STEP = 150  # records that are sealed anew before the next kill

MADE = """
from django.db import transaction
from forum.models import Category
from forum.services.posts import start_thread
from tests.personas import GUEST
category = Category.objects.first()
with transaction.atomic():
    for number in range({count}):
        print(start_thread(category, actor=GUEST, title=f"Old {{number}}", text="Some words.").claim_code)
"""
OPENED = """
import sys
from forum.services.anonymity import open_own, read_claim
for code in {codes!r}:
    assert len(open_own(read_claim(code).guest).post_ids) == 1
print("all of them")
"""
OPENABLE = """
from accounts.models import SealedRecord
from common.sealing import CannotOpen, unseal
count = 0
for content in SealedRecord.objects.values_list("content", flat=True):
    try:
        unseal("record", content)
        count += 1
    except CannotOpen:
        pass
print(count)
"""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KilledSite]:
    if request.param == "sqlite":
        with KilledSite(tmp_path / "data") as site:
            yield site
    else:
        with new_postgres_database() as url, KilledSite(tmp_path / "data", url) as site:
            yield site


def shell(site: KilledSite, script: str) -> list[str]:
    return site.manage("shell", "--no-imports", "-c", script).splitlines()


def contents(ask: Ask) -> set[bytes]:
    return {bytes(content) for (content,) in ask("SELECT content FROM accounts_sealedrecord")}


def begin_to_turn_and_kill(site: KilledSite, ask: Ask) -> None:
    """As soon as some more were sealed anew. The writers only add: what is gone was sealed anew."""
    before = contents(ask)
    with site.log.open("ab") as log:
        turning = subprocess.Popen(
            [sys.executable, "manage.py", "rotate_seal_key"],
            cwd=BASE_DIR, env=site.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        wait_until(lambda: len(before - contents(ask)) >= STEP, deadline=START, what="some are sealed anew")
    finally:
        turning.kill()
    assert turning.wait() == -signal.SIGKILL  # in the middle: it had not come to its end


def test_killed_again_and_again_it_comes_to_its_end_while_people_write(site: KilledSite) -> None:
    site.environment["SEAL_KEY"] = OLD
    server = site.start()
    _status, _headers, categories = server.request("GET", "/api/v1/categories/")
    codes = shell(site, MADE.format(count=BEFORE))
    assert len(codes) == BEFORE
    server.kill()

    site.environment["SEAL_KEY"] = f"{NEW},{OLD}"
    site.start()
    ask = asking(site)
    writers = Writers(site, 2)
    writers.category = json.loads(categories)["categories"][0]["id"]
    with writers:
        writers.wait_for_another(2)
        for _kill in range(KILLS):
            begin_to_turn_and_kill(site, ask)
            writers.wait_for_another()
        said = site.manage("rotate_seal_key")
        writers.wait_for_another(2)
    assert "Everything is sealed with the new key." in said
    site.kill()

    records = len(contents(ask))
    assert records >= 2 * (BEFORE + len(writers.answered))
    codes += [json.loads(answer)["claim_code"] for answer in writers.answered.values()]
    site.environment["SEAL_KEY"] = NEW
    assert shell(site, OPENABLE) == [str(records)]
    assert shell(site, OPENED.format(codes=codes)) == ["all of them"]
    site.environment["SEAL_KEY"] = OLD
    assert shell(site, OPENABLE) == ["0"]
