"""What the tests of closing an account share: the work of the job, and everything that a copy of the database tells."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.models import SealedRecord
from accounts.services.closing import go_on_closing
from common.sealing import CannotOpen, unseal
from forum.signals import post_erased


def work() -> int:
    """What the worker does until nothing waits. How many times it had to be called."""
    turns = 0
    while result := DBTaskResult.objects.ready().filter(task_path=go_on_closing.module_path).first():
        waiting = DBTaskResult.objects.filter(pk=result.pk)
        waiting.update(status=TaskResultStatus.RUNNING, started_at=timezone.now())
        go_on_closing.call(*result.args_kwargs["args"])
        waiting.update(status=TaskResultStatus.SUCCESSFUL)
        turns += 1
    return turns


class Killed(BaseException):
    """As kill -9: nothing of ours catches it."""


@contextmanager
def killed_after(erased: int) -> Iterator[None]:
    """While that post is being erased; its transaction is lost with the worker."""
    seen = []

    def kill(**_kwargs: object) -> None:
        seen.append(1)
        if len(seen) > erased:
            raise Killed

    post_erased.connect(kill)
    try:
        yield
    finally:
        post_erased.disconnect(kill)


def dump() -> str:
    """Every value of every row, and what the seal key opens of it."""
    return "\n".join(_values())


def _values() -> Iterator[str]:
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.values():
            for name, value in row.items():
                yield f"{model._meta.label}.{name}: {value!r}"
                if isinstance(value, bytes | memoryview):
                    yield from _opened(bytes(value))
                if name == "session_data":
                    yield from _opened(base64.b64decode(str(value)))


def _opened(content: bytes) -> Iterator[str]:
    for purpose in ("record", "reaction-giver", "session"):
        try:
            yield unseal(purpose, content).decode()
        except CannotOpen:
            continue


def sealed_shapes() -> list[tuple[Any, ...]]:
    """Of every sealed record what can be told apart with the seal key: kind, form, length, day."""
    shapes = []
    for row in SealedRecord.objects.all():
        kind, _owner, value, place = json.loads(unseal("record", row.content))
        shapes.append((kind, _shape(value), len(row.content), str(row.forget_on), place))
    return sorted(shapes, key=repr)


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shape(inner) for inner in value]
    return f"text of {len(value)}" if isinstance(value, str) else type(value).__name__
