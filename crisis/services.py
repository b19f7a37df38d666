"""Filling the directory and pinning services to places. One promise runs through it: no page is ever without help."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Conflict, Invalid, NotAllowed
from crisis.contacts import SHIPPED_DIRECTORY
from crisis.countries import INTERNATIONAL
from crisis.models import Kind, Pin, Resource, Scope
from crisis.policies import Actor, can_change_resource, can_pin, can_unpin

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


COLUMNS = (
    "slug", "country", "region", "name", "kind", "phone", "dial", "text", "chat_url", "web_url", "hours", "languages",
    "free", "note", "reader_note", "sources", "source_count", "as_of", "sms", "opening", "time_zone",
)  # fmt: skip
MAY_BE_MISSING = frozenset({"sms", "opening", "time_zone"})  # from a file: then an entry keeps what it has
SOURCE_COLUMNS = ("sources", "source_count", "as_of")
# The live directories of helplines and of shelters in nearly every country: right for whoever reads, wherever.
FIRST_PINS = ("zz-find-a-helpline", "zz-lila-help")


class DirectoryUnreadable(Invalid):
    code = "directory-unreadable"
    message = _("The directory file cannot be read: it must be there, a table in CSV, in UTF-8.")


class DirectoryBroken(Invalid):
    """`line` is the line of the file on which the broken row ends, the header being line 1."""

    code = "directory-broken"

    def __init__(self, reason: _StrOrPromise, *, line: int, column: str) -> None:
        self.line = line
        self.column = column
        words = _now("Line %(line)d, column %(column)s: %(reason)s Nothing was changed.")
        super().__init__(words % {"line": line, "column": column, "reason": reason})


class PlaceUnclear(Invalid):
    code = "place-unclear"
    message = _("Say where: a category or a thread with its id, or every page without one.")


class NoSuchPlace(Invalid):
    code = "no-such-place"
    message = _("There is no such thread or category here. Paste its address from your browser, or give its id.")


class ResourceHidden(Conflict):
    code = "resource-hidden"
    message = _("This service is hidden from readers. Show it again before you pin it.")


class LastPin(Conflict):
    code = "last-pin"
    message = _("This is the last help that every page shows. Pin another service to every page first.")


@dataclass(frozen=True, slots=True)
class LoadReport:
    """`gone`: keys of what is shown, came with this list, and is not in it any more."""

    created: int
    updated: int
    unchanged: int
    gone: tuple[str, ...] = ()


# --- The directory ----------------------------------------------------------------------------------------------------


def load_directory(path: Path = SHIPPED_DIRECTORY) -> LoadReport:
    """All rows or none. Loading the same file again changes nothing.

    What staff of this site have checked or changed is theirs: of such an entry only the sources follow the file.
    Hiding, the day of the check and the words of entries that the file does not have are never touched; those that
    came with an earlier file of this name are marked, for staff to look at first. Costs four to six queries. Leaves at
    least one pin on every page.
    """
    rows, columns = _rows_of(path)
    with transaction.atomic():
        known = Resource.objects.select_for_update().in_bulk(field_name="slug")
        new = [row for row in rows if row.slug not in known]
        changed = [known[row.slug] for row in rows if row.slug in known and _take_over(row, known[row.slug], columns)]
        Resource.objects.bulk_create(new)
        Resource.objects.bulk_update(changed, [name for name in COLUMNS if name != "slug"])
        gone = _note_what_left(path.name, {row.slug for row in rows}, known.values())
        _pin_something_everywhere()
    return LoadReport(len(new), len(changed), len(rows) - len(new) - len(changed), gone)


def _note_what_left(list_name: str, slugs: set[str], known: Iterable[Resource]) -> tuple[str, ...]:
    """Nothing leaves by itself: a line that a list drops may still be the right one, and staff decide."""
    Resource.objects.filter(slug__in=slugs).exclude(list_name=list_name, has_left_list=False).update(
        list_name=list_name, has_left_list=False
    )
    left = [each for each in known if each.list_name == list_name and each.slug not in slugs]
    Resource.objects.filter(pk__in=[each.pk for each in left], has_left_list=False).update(has_left_list=True)
    return tuple(sorted(each.slug for each in left if not each.is_hidden))


def _take_over(row: Resource, known: Resource, columns: Sequence[str]) -> bool:
    """Whether anything was different."""
    columns = SOURCE_COLUMNS if known.verified_on or known.is_ours else columns
    different = [name for name in columns if getattr(known, name) != getattr(row, name)]
    for name in different:
        setattr(known, name, getattr(row, name))
    return bool(different)


def _rows_of(path: Path) -> tuple[list[Resource], list[str]]:
    """And the columns that the file has."""
    rows: dict[str, Resource] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            columns = list(reader.fieldnames or ())
            _check_header(columns)
            for row in reader:
                resource = _resource_of(row, columns, line=reader.line_num)
                if resource.slug in rows:
                    raise DirectoryBroken(_("Another row has this key."), line=reader.line_num, column="slug")
                rows[resource.slug] = resource
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DirectoryUnreadable from error
    return list(rows.values()), columns


def _check_header(names: Sequence[str]) -> None:
    for column in COLUMNS:
        if names.count(column) != 1 and not (column in MAY_BE_MISSING and column not in names):
            raise DirectoryBroken(_("The header must name this column once."), line=1, column=column)
    for name in names:
        if name not in COLUMNS:
            raise DirectoryBroken(_("The header names a column that is not known."), line=1, column=name)


def _resource_of(row: Mapping[str, str | None], columns: Sequence[str], *, line: int) -> Resource:
    values: dict[str, str] = {}
    for column in columns:
        value = row[column]
        if value is None:
            raise DirectoryBroken(_("The row ends before this column."), line=line, column=column)
        values[column] = value.strip()
    if len(row) > len(columns):
        raise DirectoryBroken(_("The row goes on after the last column."), line=line, column=columns[-1])
    resource = Resource(**values | {"kind": values["kind"].upper(), "free": values["free"].upper()})
    try:
        resource.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        column = next(name for name in COLUMNS if name in error.message_dict)
        raise DirectoryBroken(error.message_dict[column][0], line=line, column=column) from error
    return resource


def _pin_something_everywhere() -> None:
    if _visible_everywhere().exists():
        return
    visible = Resource.objects.filter(is_hidden=False)
    first = list(visible.filter(slug__in=FIRST_PINS).order_by("slug"))
    first = first or list(visible.filter(country=INTERNATIONAL, kind=Kind.DIRECTORY)[:1]) or list(visible[:1])
    for position, resource in enumerate(first):
        pin_resource(resource, actor=None, scope=Scope.EVERYWHERE, position=position)


def save_resource(resource: Resource, *, actor: Actor | None) -> Resource:
    """Checks and stores an entry; never whether it is hidden. The day of the check is the caller's word. From then
    on its words are this site's, and no list that is loaded later puts others in their place.
    """
    if not can_change_resource(actor):
        raise NotAllowed
    try:
        resource.full_clean()
    except ValidationError as error:
        raise Invalid(fields=error.message_dict) from error
    resource.is_ours = True
    if resource._state.adding:  # noqa: SLF001 - public by documentation, if not by name
        resource.save(force_insert=True)
    else:
        resource.save(update_fields=[name for name in (*COLUMNS, "verified_on", "is_ours") if name != "slug"])
    return resource


@transaction.atomic
def confirm_resource(resource: Resource, *, actor: Actor | None) -> Resource:
    """Somebody of this site has just tried it, and all of it is as it stands here. Fresh for ninety days from today."""
    if not can_change_resource(actor):
        raise NotAllowed
    locked = Resource.objects.select_for_update().get(pk=resource.pk)
    locked.verified_on = today()
    locked.save(update_fields=["verified_on"])
    return locked


# --- Pins -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def pin_resource(resource: Resource, *, actor: Actor | None, scope: str, place: str = "", position: int = 0) -> Pin:
    """Pinning again moves the pin to `position`. `actor=None` is the site itself."""
    if not can_pin(actor):
        raise NotAllowed
    if scope not in Scope.values or (scope == Scope.EVERYWHERE) == bool(place):
        raise PlaceUnclear
    if place:
        place = id_of_place(scope, place)
    if Resource.objects.select_for_update().get(pk=resource.pk).is_hidden:
        raise ResourceHidden
    pin, _created = Pin.objects.update_or_create(
        resource=resource, scope=scope, place=place, defaults={"position": position}
    )
    return pin


def id_of_place(scope: str, text: str) -> str:
    """Of a thread or a category, by its id or its address. Whoever CRISIS_PLACES names knows what there is: this app
    does not know what a thread is. Raises NoSuchPlace.
    """
    find: Callable[[str, str], str | None] = import_string(settings.CRISIS_PLACES)
    place = find(scope, text.strip())
    if place is None:
        raise NoSuchPlace(fields={"place": [NoSuchPlace.message]})
    return place


@transaction.atomic
def unpin(pin: Pin, *, actor: Actor | None) -> None:
    """Does nothing if the pin is gone already."""
    if not can_unpin(actor):
        raise NotAllowed
    if pin.scope == Scope.EVERYWHERE:
        _lock_pins_everywhere()
        if not _visible_everywhere().exclude(pk=pin.pk).exists():
            raise LastPin
    Pin.objects.filter(pk=pin.pk).delete()


@transaction.atomic
def hide_resource(resource: Resource, *, actor: Actor | None) -> None:
    """Its pins stay and count for nothing until it is shown again."""
    if not can_change_resource(actor):
        raise NotAllowed
    locked = Resource.objects.select_for_update().get(pk=resource.pk)
    _lock_pins_everywhere()
    everywhere = _visible_everywhere()
    if everywhere.filter(resource=locked).exists() and not everywhere.exclude(resource=locked).exists():
        raise LastPin
    Resource.objects.filter(pk=locked.pk).update(is_hidden=True)
    resource.is_hidden = True


@transaction.atomic
def show_resource(resource: Resource, *, actor: Actor | None) -> None:
    if not can_change_resource(actor):
        raise NotAllowed
    Resource.objects.filter(pk=resource.pk).update(is_hidden=False)
    resource.is_hidden = False


def _lock_pins_everywhere() -> None:
    """Two people taking the last two pins away meet here; the second then counts what the first has left."""
    list(Pin.objects.select_for_update().filter(scope=Scope.EVERYWHERE).order_by("pk").values_list("pk"))


def _visible_everywhere() -> QuerySet[Pin]:
    return Pin.objects.filter(scope=Scope.EVERYWHERE, resource__is_hidden=False)
