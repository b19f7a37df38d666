"""Eight moderators, five hundred cases, processes killed in the middle.

None is decided twice, none is lost, none is stuck past its lease (moderation.md 2.2, 2.3).
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.env import BASE_DIR
from moderation.states import LEASE
from tests.faults.helpers import KilledSite, new_postgres_database
from tests.faults.starting import PATIENCE, wait_until
from tests.faults.test_kill_nine import asking

pytestmark = pytest.mark.faults

MODERATORS = 8
CASES = 500
KILLS = 12
MADE = """
from django.db import transaction
from forum.models import Category
from forum.services.posts import start_thread
from moderation.services.moderators import create_moderator
from tests.personas import GUEST
for number in range({moderators}):
    create_moderator(f"desk {{number}}")
category = Category.objects.first()
with transaction.atomic():
    for number in range({cases}):
        start_thread(category, actor=GUEST, title=f"Story {{number}}", text="Some words.")
"""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KilledSite]:
    if request.param == "sqlite":
        with KilledSite(tmp_path / "data") as site:
            yield site
    else:
        with new_postgres_database() as url, KilledSite(tmp_path / "data", url) as site:
            yield site


def moderator(site: KilledSite, number: int, *, later: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.moderator", f"desk {number}", str(later)],
        cwd=BASE_DIR, env=site.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_no_case_is_decided_twice_none_lost_none_stuck(site: KilledSite) -> None:
    site.start().kill()
    site.manage("shell", "--no-imports", "-c", MADE.format(moderators=MODERATORS, cases=CASES))
    ask = asking(site)
    waiting = "SELECT COUNT(*) FROM moderation_case WHERE state = 'OPEN'"
    assert ask(waiting)[0][0] >= CASES

    chance = random.Random(20)  # noqa: S311 - which one is killed
    at_work = {number: moderator(site, number) for number in range(MODERATORS)}
    said: list[str] = []
    for kill in range(1, KILLS + 1):
        goal = CASES - kill * (CASES // (KILLS + 2))
        wait_until(lambda goal=goal: ask(waiting)[0][0] <= goal, deadline=PATIENCE, what=f"{goal} are left")  # type: ignore[misc]
        number = chance.randrange(MODERATORS)
        at_work[number].kill()
        said += at_work[number].communicate(timeout=PATIENCE)[0].splitlines()
        at_work[number] = moderator(site, number)
    for process in at_work.values():
        said += process.communicate(timeout=PATIENCE)[0].splitlines()
        assert process.returncode == 0

    # What a killed one had in hand is nobody's when its lease has ended: one more moderator finds it.
    last = moderator(site, 0, later=LEASE.seconds // 60 + 1)
    said += last.communicate(timeout=PATIENCE)[0].splitlines()
    assert last.returncode == 0

    assert ask(waiting)[0][0] == 0
    decisions = Counter(case for (case,) in ask("SELECT case_id FROM moderation_decision"))
    assert set(decisions.values()) == {1}
    assert len(decisions) == ask("SELECT COUNT(*) FROM moderation_case")[0][0]
    decided = Counter(line for line in said if line.startswith("decided"))
    assert set(decided.values()) == {1}
    assert "whole" in site.manage("verify_audit")
