"""The figures of docs/screeners.md: `python -m benchmarks.screeners`, from the repository's folder.

Counted on the development sets, by class and language, for the half that rules were written on and the other one. The
time is CPU of one process for texts of 500 characters made of the sets; a machine's own, so quote its tenth too.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
django.setup()

from moderation.screeners import read_post  # noqa: E402  the settings come first
from tests.screeners.development import (  # noqa: E402
    Row,
    clean_texts_warned,
    identity_f1,
    macro_f1,
    measure,
    rows,
)

_CLASSES = {
    "posts": ("self_harm", "imminent_danger", "child_risk", "stalking"),
    "replies": ("contact_solicitation", "hostile", "victim_blaming", "spam", "offtopic"),
}


def _half(half: str, **wanted: object) -> Callable[[Row], bool]:
    return lambda row: row["half"] == half and all(row[key] == value for key, value in wanted.items())


def _report() -> Iterator[str]:
    for name, labels in _CLASSES.items():
        yield f"## {name}: found (false alarms)"
        for title, wanted in (
            ("all", {}),
            *((label, {"label": label}) for label in labels),
            *((code, {"language": code}) for code in ("en", "es", "fr", "de")),
            *((("severity 3", {"severity": 3}),) if name == "posts" else ()),
        ):
            dev, held = (measure(name, _half(half, **wanted)) for half in ("dev", "held"))
            yield (
                f"{title:22} dev {dev.recall:4.0%} ({dev.false_alarms:3.0%})  "
                f"held {held.recall:4.0%} ({held.false_alarms:3.0%})  right label, held {held.labelled}/{held.risky}"
            )
        yield f"macro-F1               dev {macro_f1(name, _half('dev')):.2f}  held {macro_f1(name, _half('held')):.2f}"
    yield "## identifying details: F1"
    dev_f1, held_f1 = identity_f1(_half("dev")), identity_f1(_half("held"))
    for kind in sorted(held_f1):
        yield f"{kind:22} dev {dev_f1.get(kind, 1):.2f}  held {held_f1[kind]:.2f}"
    dev_warned, held_warned = clean_texts_warned(_half("dev")), clean_texts_warned(_half("held"))
    yield f"clean texts warned     dev {dev_warned:.0%}  held {held_warned:.0%}"
    yield "## time"
    taken = _taken()
    most = taken[int(len(taken) * 0.95)]
    yield f"500 characters, ms of CPU: median {statistics.median(taken):.2f}, 95 % in {most:.2f}"


def _taken() -> list[float]:
    chance = random.Random(1)
    sentences = [row["text"] for name in ("posts", "replies", "identity") for row in rows(name)]
    texts = [" ".join(chance.choices(sentences, k=20))[:500] for _ in range(400)]
    for text in texts[:100]:
        read_post(text)
    taken = []
    for text in texts:
        began = time.process_time()
        read_post(text)
        taken.append((time.process_time() - began) * 1000)
    return sorted(taken)


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in _report())
