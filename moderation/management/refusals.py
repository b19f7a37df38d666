"""What every command that asks one service does with a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from common.errors import HearthError, Invalid


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """What is said about a field says more than what is said about the whole."""
    try:
        yield
    except HearthError as error:
        fields = error.fields if isinstance(error, Invalid) else {}
        said = next((text for texts in fields.values() for text in texts), error.text)
        raise CommandError(str(said)) from error
