"""One keyset pagination for API and pages.

A page is "the rows after this one in a unique order", never "the rows after the first n": exact size, nothing
lost or repeated while others write, the same cost on page 1 and page 10,000. Cursors are encrypted and bound to
their list and its filters; they hold row positions, and nobody can read those from them (threats.md L3).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from common.sealing import CannotOpen, open_token, token

M = TypeVar("M", bound=Model)
MAX_PAGE_SIZE = 100


class CursorUnreadable(Invalid):
    code = "cursor-unreadable"
    message = _("This page marker does not fit this list. Start again from its first page.")


class PageSizeUnreadable(Invalid):
    code = "page-size-unreadable"
    message = _("Ask for between 1 and 100 at a time.")


@dataclass(frozen=True, slots=True)
class Order:
    """`fields` together are unique. All ascend, or all descend."""

    name: str
    fields: tuple[str, ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    rows: list[M]
    next: str | None
    prev: str | None
    is_first: bool


def page_of(queryset: QuerySet[M], order: Order, *, size: int, cursor: str | None, bound_to: str = "") -> Page[M]:
    """One query of size + 1 rows. `bound_to` names the list and its filters; a cursor of another list is refused."""
    if not 1 <= size <= MAX_PAGE_SIZE:
        raise PageSizeUnreadable
    backwards, position, inclusive = _read(cursor, order, bound_to) if cursor else (False, None, False)
    descending = order.descending != backwards
    if position is not None:
        queryset = queryset.filter(_beyond(order.fields, position, descending=descending, inclusive=inclusive))
    rows = list(queryset.order_by(*(f"-{name}" if descending else name for name in order.fields))[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_next = bool(rows) and (more if not backwards else True)
    has_prev = bool(rows) and (more if backwards else position is not None)
    if not rows and position is not None:
        # All that was beyond has gone meanwhile: the way back begins at the position itself.
        back = _token(order, bound_to, backwards=not backwards, position=position, inclusive=True)
        return Page([], next=back if backwards else None, prev=None if backwards else back, is_first=False)
    mark: Callable[[M, bool], str] = lambda row, back: _write(row, order, bound_to, backwards=back)  # noqa: E731
    return Page(
        rows=rows,
        next=mark(rows[-1], False) if has_next else None,
        prev=mark(rows[0], True) if has_prev else None,
        is_first=position is None,
    )


def cursor_with(row: Model, order: Order, *, bound_to: str = "") -> str:
    """The cursor of the page that begins with `row`, or where it would stand."""
    position = [_value(row, name) for name in order.fields]
    return _token(order, bound_to, backwards=False, position=position, inclusive=True)


def _beyond(fields: Sequence[str], position: Sequence[Any], *, descending: bool, inclusive: bool = False) -> Q:
    """(a, b) > (x, y), spelled so that both databases use an index on (a, b): a >= x and (a > x or b > y)."""
    past = "lt" if descending else "gt"
    condition = Q()
    for name, value in reversed(list(zip(fields, position, strict=True))):
        last = name == fields[-1]
        here = Q(**{f"{name}__{past}{'e' if inclusive and last else ''}": value})
        condition = here if not condition else Q(**{f"{name}__{past}e": value}) & (here | condition)
    return condition


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row.isoformat() if isinstance(row, dt.date) else row


def _write(row: Model, order: Order, bound_to: str, *, backwards: bool) -> str:
    position = [_value(row, name) for name in order.fields]
    return _token(order, bound_to, backwards=backwards, position=position)


def _token(order: Order, bound_to: str, *, backwards: bool, position: list[Any], inclusive: bool = False) -> str:
    content = json.dumps([backwards, position, inclusive]).encode()
    return token("cursor", content, bound_to=f"{order.name}|{bound_to}")


def _read(cursor: str, order: Order, bound_to: str) -> tuple[bool, list[Any], bool]:
    try:
        backwards, position, inclusive = json.loads(open_token("cursor", cursor, bound_to=f"{order.name}|{bound_to}"))
    except (CannotOpen, ValueError) as error:
        raise CursorUnreadable from error
    return bool(backwards), list(position), bool(inclusive)
