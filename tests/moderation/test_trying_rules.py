"""An operator tries changed rules on what is stored: what would differ is told by ids, and nothing is changed."""

from __future__ import annotations

import datetime as dt
import shutil
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from common.days import today
from forum.models import Category
from forum.services.visibility import erase_post
from moderation.models import Signal
from moderation.screeners.lexicon import DATA, load
from tests.personas import written_by_guest

pytestmark = pytest.mark.django_db

DANGER = "He has a knife and he is outside the door now."
NEW = "The moss is singing."


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Those in use, with one phrase more."""
    folder = tmp_path / "rules"
    shutil.copytree(DATA, folder)
    english = folder / "en.toml"
    text = english.read_text(encoding="utf-8")
    assert text.count("\nthreat_to_kill = [") == 1
    english.write_text(
        text.replace("\nthreat_to_kill = [", '\nthreat_to_kill = [\n  "moss is singing",'), encoding="utf-8"
    )
    return folder


def tried(folder: Path, **options: int) -> str:
    out = StringIO()
    call_command("try_rules", folder, stdout=out, **options)
    return out.getvalue()


def test_it_tells_what_would_differ_without_a_word(category: Category, rules: Path) -> None:
    flagged = written_by_guest(category, text=DANGER).post
    moss = written_by_guest(category, text=NEW).post
    signals = list(Signal.objects.values())

    told = tried(rules)

    assert f"+ danger:imminent_danger:2  {moss.public_id}" in told
    assert flagged.public_id not in told
    assert "2 posts read" in told
    assert "danger:imminent_danger:3: 1 now, 1 then (0 more, 0 less)" in told
    assert "danger:imminent_danger:2: 0 now, 1 then (1 more, 0 less)" in told
    assert not [word for word in ("knife", "moss", "door") if word in told]
    assert list(Signal.objects.values()) == signals


def test_what_is_older_or_erased_is_not_read(category: Category, rules: Path) -> None:
    with time_machine.travel(dt.datetime.combine(today() - dt.timedelta(days=100), dt.time(12), dt.UTC), tick=False):
        old = written_by_guest(category, text=NEW).post
    gone = written_by_guest(category, text=NEW)
    erase_post(gone.post, actor=gone.reader)
    assert "0 posts read" in tried(rules)
    assert old.public_id in tried(rules, days=120)


def test_rules_that_cannot_be_read_are_said(tmp_path: Path, category: Category) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        tried(tmp_path)


@pytest.mark.parametrize("days", [0, -1, 99_999_999_999])
def test_days_that_cannot_be_are_refused(rules: Path, days: int) -> None:
    with pytest.raises(CommandError, match="--days is from 1 to"):
        tried(rules, days=days)


@pytest.mark.parametrize("wrong", ['weight = "x"', "weight = 2", "weight = true"])
def test_a_weight_that_is_none_is_refused(rules: Path, wrong: str) -> None:
    families = rules / "families.toml"
    text = families.read_text(encoding="utf-8")
    families.write_text(text.replace("weight = 0.85", wrong, 1), encoding="utf-8")
    with pytest.raises(CommandError, match="BadPhrase: ideation"):
        tried(rules)


def test_changed_rules_of_the_same_version_are_told(rules: Path) -> None:
    told = StringIO()
    call_command("try_rules", rules, stdout=StringIO(), stderr=told)
    assert "have the same version" in told.getvalue()
    families = rules / "families.toml"
    text = families.read_text(encoding="utf-8")
    families.write_text(text.replace(f'version = "{load(DATA).version}"', 'version = "tried"'), encoding="utf-8")
    told = StringIO()
    call_command("try_rules", rules, stdout=StringIO(), stderr=told)
    assert not told.getvalue()
