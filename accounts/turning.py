"""Turning the seal key: each row that an older key sealed is sealed anew, while the site runs.

One short transaction for each row, so that nobody waits and a command that is killed has lost nothing: what is done
is done, and the next run finds the rest. Whoever keeps sealed values has a function that calls this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.db import models, transaction

from common.sealing import CannotOpen

_BATCH = 200
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Turned:
    """`lost` are those that no key in SEAL_KEY opens; they are left as they are."""

    anew: int = 0
    lost: int = 0

    def __add__(self, other: Turned) -> Turned:
        return Turned(self.anew + other.anew, self.lost + other.lost)


def turn_rows(
    rows: models.QuerySet[Row], *, is_turned: Callable[[Row], bool], turn: Callable[[Row], list[str]]
) -> Turned:
    """Calls `turn` for each row that is not turned yet, locked and as it is then, and saves the columns that it names.

    `turn` may raise CannotOpen. Reads every row once, in constant memory; a row that is turned already costs no lock.
    """
    turned = Turned()
    for seen in _each(rows):
        if not is_turned(seen):
            try:
                turned += _turn_one(rows, seen, is_turned, turn)
            except CannotOpen:
                turned += Turned(lost=1)
    return turned


@transaction.atomic
def _turn_one(
    rows: models.QuerySet[Row], seen: Row, is_turned: Callable[[Row], bool], turn: Callable[[Row], list[str]]
) -> Turned:
    row = rows.select_for_update().filter(pk=seen.pk).first()
    if row is None or is_turned(row):
        return Turned()  # gone, or somebody wrote it meanwhile
    row.save(update_fields=turn(row))
    return Turned(anew=1)


def _each(rows: models.QuerySet[Row]) -> Iterator[Row]:
    """By key, batch for batch: a read that stays open would keep SQLite from writing beside it."""
    batch = list(rows.order_by("pk")[:_BATCH])
    while batch:
        yield from batch
        batch = list(rows.order_by("pk").filter(pk__gt=batch[-1].pk)[:_BATCH])
