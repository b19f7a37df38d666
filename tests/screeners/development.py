"""The development sets, written by us in our own words, and how the screeners do on them.

`posts`, `identity`, `replies` in tests/screeners/data: one JSON object a line. Rules were written looking at the half
"dev" alone; the half "held" was only ever counted. A sentence and its variation (typed in a hurry, misspelt, hidden in
a long post) are always in the same half.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from moderation.screeners import read_post, read_reply

DATA = Path(__file__).parent / "data"
CALM = {"posts": "none", "replies": "supportive"}

Row = dict[str, Any]


@cache
def rows(name: str) -> tuple[Row, ...]:
    return tuple(json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())


@dataclass(frozen=True)
class Figures:
    risky: int
    found: int
    labelled: int
    calm: int
    alarms: int

    @property
    def recall(self) -> float:
        return self.found / self.risky if self.risky else 1.0

    @property
    def false_alarms(self) -> float:
        return self.alarms / self.calm if self.calm else 0.0


def measure(name: str, wanted: Callable[[Row], bool]) -> Figures:
    """How many that need a look were found, with the right label too, and how many calm ones were flagged."""
    told = [(row["label"], _label(name, row["text"])) for row in rows(name) if wanted(row)]
    calm = CALM[name]
    risky = [(label, said) for label, said in told if label != calm]
    return Figures(
        risky=len(risky),
        found=sum(said != calm for _label_, said in risky),
        labelled=sum(said == label for label, said in risky),
        calm=len(told) - len(risky),
        alarms=sum(said != calm for label, said in told if label == calm),
    )


def macro_f1(name: str, wanted: Callable[[Row], bool]) -> float:
    told = [(row["label"], _label(name, row["text"])) for row in rows(name) if wanted(row)]
    labels = {label for label, _said in told} - {CALM[name]}
    return sum(_f1(told, label) for label in labels) / len(labels)


def _f1(told: Iterable[tuple[str, str]], label: str) -> float:
    pairs = list(told)
    right = sum(meant == said == label for meant, said in pairs)
    return 2 * right / (sum(meant == label for meant, _ in pairs) + sum(said == label for _, said in pairs) or 1)


@cache
def _label(name: str, text: str) -> str:
    return read_post(text).danger.label if name == "posts" else read_reply(text).reply.label


def identity_f1(wanted: Callable[[Row], bool]) -> dict[str, float]:
    """F1 of each type (a finding counts when it is of the type and touches the passage), and of warning at all."""
    right: dict[str, int] = {}
    all_of: dict[str, int] = {}
    for row in filter(wanted, rows("identity")):
        found = list(read_post(row["text"]).identifying)
        warned, clean = bool(found), not row["identifying"]
        all_of["warning"] = all_of.get("warning", 0) + warned + (not clean)
        right["warning"] = right.get("warning", 0) + (warned and not clean)
        for kind in [one["type"] for one in row["identifying"]] + [one.type for one in found]:
            all_of[kind] = all_of.get(kind, 0) + 1
        for one in row["identifying"]:
            hit = next(
                (f for f in found if f.type == one["type"] and f.start < one["end"] and one["start"] < f.end), None
            )
            if hit:
                found.remove(hit)
                right[one["type"]] = right.get(one["type"], 0) + 1
    return {kind: 2 * right.get(kind, 0) / total for kind, total in all_of.items()}


def clean_texts_warned(wanted: Callable[[Row], bool]) -> float:
    clean = [row for row in filter(wanted, rows("identity")) if not row["identifying"]]
    return sum(bool(read_post(row["text"]).identifying) for row in clean) / len(clean)
