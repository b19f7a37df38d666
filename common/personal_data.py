"""The words in which each app declares what it keeps about people, beside its models (`<app>/personal_data.py`).

Read by the page that promises (docs/privacy.md), by the job that forgets (config/tasks.py), and by the test that lets
no model and no field go without an entry. Pure data: a sentence is written for the one it is about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Chapter(StrEnum):
    """Of the page, in its order."""

    WORDS = "What you write"
    ACCOUNT = "Your account and your visits"
    ALONE = "What is yours alone"
    DESK = "What moderators work with"
    MACHINE = "What the machine needs"


@dataclass(frozen=True, slots=True)
class Holds:
    """What a field says about somebody. An empty word means: as the table says."""

    what: str
    seen_by: str = ""
    kept: str = ""
    copied: str = ""
    erased: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A field that says nothing about anybody, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Goes:
    """A row is forgotten `days` after the day, or the time, in the field `since`; one that has none there stays."""

    since: str
    days: int


@dataclass(frozen=True, slots=True)
class Table:
    """A model that holds something about somebody: whose it is, and what becomes of it."""

    model: str  # "forum.Post"
    chapter: Chapter
    title: str
    whose: str
    seen_by: str
    kept: str
    copied: str  # into one's own copy
    erased: str
    without_key: str  # what a copy of the database tells of it
    with_key: str  # what the seal key adds
    fields: Mapping[str, Holds | Nothing]
    goes: Goes | None = None


@dataclass(frozen=True, slots=True)
class NobodysTable:
    """A model that says nothing about anybody. Its fields are named, so that a new one is thought about."""

    model: str
    why: str
    fields: Sequence[str]
    goes: Goes | None = None


@dataclass(frozen=True, slots=True)
class Own:
    """One thing of somebody's own, for their copy: never another person's words."""

    section: str
    day: dt.date | None = None
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)  # short words about it, in the order in which they are read
