"""Logs that say what broke and never who, where from, or what they wrote (safety.md S1)."""

from __future__ import annotations

import logging
import traceback

# Loggers whose messages hold a path, a host, a query or a header.
_TALKATIVE = ("django.request", "django.security", "django.server", "django.db", "allauth")


class PrivateFormatter(logging.Formatter):
    """Level, logger, event; of an error its type and the lines of code, never its message (it may quote a post)."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith(_TALKATIVE):
            event = f"status {getattr(record, 'status_code', '-')}{_door_of(record)}"
        elif record.name.startswith("hearth"):
            event = record.getMessage()  # ours: constants and counts
        else:
            event = str(record.msg).split("\n", 1)[0]  # the template, without what was put into it
        line = f"{record.levelname} {record.name} {event}"
        if record.exc_info and record.exc_info[0]:
            kind, _error, trace = record.exc_info
            frames = "".join(traceback.format_list(traceback.extract_tb(trace)))
            line = f"{line}\n{frames}{kind.__module__}.{kind.__qualname__}"
        return line


def _door_of(record: logging.LogRecord) -> str:
    """Which address broke, by its name in the code, which holds no id. Of what did not break nothing is told."""
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    return f" at {match.view_name}" if match and getattr(record, "status_code", 0) >= 500 else ""
