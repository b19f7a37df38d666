"""JSON Lines in, JSON Lines out: what the three readers say about each text. Nothing is stored.

A line is {"id", "text", "kind": "post" or "reply"}; `title` and `language` may be there. A line that cannot be read
gets a line that says so, and does not stop the rest.
"""

from __future__ import annotations

import io
import json
import math
import sys
from typing import Any

from django.core.management.base import BaseCommand

from moderation.screeners import Reading, read_post, read_reply
from moderation.screeners.weighing import Cue


class Command(BaseCommand):
    help = "Reads JSON Lines of texts on standard input and writes what the screeners find in each; for trying a rule."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        # Surrogates that JSON may carry, and bytes that are no UTF-8, must not end a run of ten thousand lines.
        lines = (
            io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace", newline="\n")
            if hasattr(sys.stdin, "buffer")
            else sys.stdin
        )
        for number, line in enumerate(lines, 1):
            if line.strip():
                self.stdout.write(json.dumps(_answer(line, number), allow_nan=False))


def _refused(constant: str) -> None:
    """NaN and Infinity are no JSON: nobody could read the answer that held one."""
    raise ValueError(constant)


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):  # 1e999
        raise ValueError(written)
    return number


def _answer(line: str, number: int) -> dict[str, Any]:
    """The parsed line's id stays with its answer; the text itself is never in an error."""
    try:
        asked = json.loads(line.removeprefix("\ufeff"), parse_constant=_refused, parse_float=_finite)
    except (ValueError, RecursionError):
        return {"id": None, "line": number, "error": "not a line of JSON"}
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        return {"id": asked.get("id") if isinstance(asked, dict) else None, "line": number, "error": "no text"}
    kind = asked.get("kind", "post")
    if kind not in {"post", "reply"}:
        return {"id": asked.get("id"), "line": number, "error": "kind is post or reply"}
    language = asked.get("language") if isinstance(asked.get("language"), str) else None
    title = asked.get("title") if isinstance(asked.get("title"), str) else None
    if kind == "reply":
        return {"id": asked.get("id"), **_told(read_reply(asked["text"], language))}
    return {"id": asked.get("id"), **_told(read_post(asked["text"], title or "", language))}


def _told(reading: Reading) -> dict[str, Any]:
    danger, reply = reading.danger, reading.reply
    return {
        "danger": {
            "label": danger.label,
            "severity": danger.severity,
            "score": danger.score,
            "rules": [_rule(cue) for cue in danger.cues],
        },
        "identifying": [
            {"type": found.type, "start": found.start, "end": found.end, "text": found.text}
            for found in reading.identifying
        ],
        "reply": {"label": reply.label, "score": reply.score, "rules": [_rule(cue) for cue in reply.cues]},
        "rule_set": reading.rule_set,
    }


def _rule(cue: Cue) -> dict[str, Any]:
    weight = round(cue.weight, 3)
    return {"id": cue.rule, "start": cue.start, "end": cue.end, "weight": weight, "frames": list(cue.frames)}
