from __future__ import annotations

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from common.days import today
from crisis.models import Pin, Resource, Scope
from crisis.queries import due_for_checking
from crisis.services import (
    COLUMNS,
    DirectoryBroken,
    DirectoryUnreadable,
    LoadReport,
    load_directory,
    pin_resource,
)
from tests.crisis.conftest import ANYWHERE, ROW, NewResource, WriteDirectory

pytestmark = pytest.mark.django_db


def test_first_time_creates_every_row(write_directory: WriteDirectory) -> None:
    assert load_directory(write_directory(ROW, ANYWHERE)) == LoadReport(created=2, updated=0, unchanged=0)

    listener = Resource.objects.get(slug="nz-listener")
    assert (listener.kind, listener.free, listener.dial, listener.source_count) == ("SUICIDE", "YES", "0800000111", 2)
    assert listener.verified_on is None
    assert not listener.is_hidden


def test_second_time_changes_nothing(write_directory: WriteDirectory) -> None:
    path = write_directory(ROW, ANYWHERE)
    load_directory(path)
    rows, pins = list(Resource.objects.values()), list(Pin.objects.values())

    assert load_directory(path) == LoadReport(created=0, updated=0, unchanged=2)
    assert list(Resource.objects.values()) == rows
    assert list(Pin.objects.values()) == pins


def test_a_newer_file_updates_what_it_changes(write_directory: WriteDirectory) -> None:
    load_directory(write_directory(ROW, ANYWHERE))
    newer = ROW | {"phone": "0800 000 222", "dial": "0800000222"}

    assert load_directory(write_directory(newer, ANYWHERE)) == LoadReport(created=0, updated=1, unchanged=1)
    assert Resource.objects.get(slug="nz-listener").dial == "0800000222"


def test_what_staff_checked_is_theirs_but_for_the_sources(write_directory: WriteDirectory) -> None:
    load_directory(write_directory(ROW, ANYWHERE))
    checked = {"phone": "0800 000 333", "dial": "0800000333", "verified_on": dt.date(2026, 11, 1)}
    Resource.objects.filter(slug="nz-listener").update(**checked)
    newer = ROW | {"phone": "0800 000 222", "dial": "0800000222", "name": "Listeners", "as_of": "2026-11"}

    assert load_directory(write_directory(newer, ANYWHERE)).updated == 1

    listener = Resource.objects.get(slug="nz-listener")
    assert (listener.phone, listener.dial, listener.name) == ("0800 000 333", "0800000333", "Listener")
    assert listener.verified_on == dt.date(2026, 11, 1)
    assert listener.as_of == "2026-11"


def test_hidden_entries_and_those_of_the_site_stay_as_they_are(
    write_directory: WriteDirectory, new_resource: NewResource
) -> None:
    load_directory(write_directory(ROW, ANYWHERE))
    Resource.objects.filter(slug="nz-listener").update(is_hidden=True)
    own = new_resource("nz-ours", country="NZ")

    load_directory(write_directory(ROW | {"name": "Listeners"}, ANYWHERE))

    assert Resource.objects.get(slug="nz-listener").is_hidden
    assert Resource.objects.get(slug="nz-ours").name == own.name


def test_what_a_newer_list_leaves_out_is_told_and_is_due_first(write_directory: WriteDirectory) -> None:
    other = ROW | {"slug": "nz-other", "name": "Other"}
    load_directory(write_directory(ROW, other, ANYWHERE))
    Resource.objects.update(verified_on=today())
    out = StringIO()

    call_command("load_crisis_directory", file=write_directory(ROW, ANYWHERE), stdout=out)
    assert "1 are not in this list any more: nz-other." in out.getvalue()
    assert [one.slug for one in due_for_checking()] == ["nz-other"]
    call_command("check_resources", stdout=out)
    assert "due  nz-other" in out.getvalue()
    assert "not in the newest list any more" in out.getvalue()

    other_list = write_directory(ANYWHERE).rename(write_directory(ANYWHERE).with_name("ours.csv"))
    assert load_directory(other_list).gone == ()  # another list says nothing about this one
    assert load_directory(write_directory(ROW, other, ANYWHERE)).gone == ()
    assert not due_for_checking()


def test_a_hidden_one_that_left_is_not_told_again(write_directory: WriteDirectory) -> None:
    load_directory(write_directory(ROW, ANYWHERE))
    Resource.objects.filter(slug="nz-listener").update(is_hidden=True)
    assert load_directory(write_directory(ANYWHERE)).gone == ()


def test_leaves_an_international_directory_on_every_page(write_directory: WriteDirectory) -> None:
    load_directory(write_directory(ROW, ANYWHERE))

    assert [pin.resource.slug for pin in Pin.objects.filter(scope=Scope.EVERYWHERE)] == ["zz-list-of-lists"]


def test_leaves_something_on_every_page_even_of_a_list_without_directories(write_directory: WriteDirectory) -> None:
    load_directory(write_directory(ROW))

    assert Pin.objects.get(scope=Scope.EVERYWHERE).resource.slug == "nz-listener"


def test_leaves_the_pins_of_the_site_alone(write_directory: WriteDirectory, new_resource: NewResource) -> None:
    pin = pin_resource(new_resource("zz-ours"), actor=None, scope=Scope.EVERYWHERE)

    load_directory(write_directory(ROW, ANYWHERE))

    assert list(Pin.objects.all()) == [pin]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("slug", ""),
        ("slug", "two words"),
        ("name", " "),
        ("kind", "magic"),
        ("kind", ""),
        ("country", "XX"),
        ("country", "gb"),
        ("country", "GBR"),
        ("dial", "0800 000 111"),
        ("dial", "tel:0800000111"),
        ("dial", "0800000112"),
        ("web_url", "javascript:alert(1)"),
        ("web_url", "ftp://listener.example.org/"),
        ("chat_url", "listener.example.org"),
        ("languages", "English"),
        ("free", "maybe"),
        ("source_count", "two"),
        ("as_of", "2026-13"),
        ("as_of", "September 2026"),
    ],
)
def test_a_broken_row_is_named_and_changes_nothing(write_directory: WriteDirectory, column: str, value: str) -> None:
    load_directory(write_directory(ROW, ANYWHERE))
    before = list(Resource.objects.values())
    good = ROW | {"name": "Listeners"}
    broken = ROW | {"slug": "nz-broken"} | {column: value}

    with pytest.raises(DirectoryBroken) as refusal:
        load_directory(write_directory(good, ANYWHERE, broken))

    assert (refusal.value.code, refusal.value.line, refusal.value.column) == ("directory-broken", 4, column)
    assert str(refusal.value.text).startswith(f"Line 4, column {column}: ")
    assert list(Resource.objects.values()) == before


def test_a_row_that_nobody_can_reach_is_broken(write_directory: WriteDirectory) -> None:
    with pytest.raises(DirectoryBroken) as refusal:
        load_directory(write_directory(ROW | {"phone": "", "dial": "", "web_url": ""}))

    assert (refusal.value.line, refusal.value.column) == (2, "phone")


def test_a_key_used_twice_is_broken(write_directory: WriteDirectory) -> None:
    with pytest.raises(DirectoryBroken) as refusal:
        load_directory(write_directory(ROW, ROW))

    assert (refusal.value.line, refusal.value.column) == (3, "slug")
    assert not Resource.objects.exists()


def test_a_missing_column_is_broken(write_directory: WriteDirectory) -> None:
    without_dial = tuple(column for column in COLUMNS if column != "dial")
    row = {name: value for name, value in ROW.items() if name != "dial"}

    with pytest.raises(DirectoryBroken) as refusal:
        load_directory(write_directory(row, columns=without_dial))

    assert (refusal.value.line, refusal.value.column) == (1, "dial")


def test_an_unknown_column_is_broken(write_directory: WriteDirectory) -> None:
    with pytest.raises(DirectoryBroken) as refusal:
        load_directory(write_directory(ROW, columns=(*COLUMNS, "fax")))

    assert (refusal.value.line, refusal.value.column) == (1, "fax")


@pytest.mark.parametrize(("line", "column"), [("nz-short,NZ", "region"), ("," * len(COLUMNS), COLUMNS[-1])])
def test_a_row_of_another_length_is_broken(tmp_path: Path, line: str, column: str) -> None:
    path = tmp_path / "directory.csv"
    path.write_text(f"{','.join(COLUMNS)}\n{line}\n", encoding="utf-8")

    with pytest.raises(DirectoryBroken) as refusal:
        load_directory(path)

    assert (refusal.value.line, refusal.value.column) == (2, column)


@pytest.mark.parametrize("content", [None, b"slug,name\n\xff\xfe\n", b'slug,"name\n'])
def test_a_file_that_is_no_table_is_unreadable(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "directory.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(DirectoryUnreadable):
        load_directory(path)


def test_the_command_prints_what_it_did(write_directory: WriteDirectory, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_crisis_directory", file=write_directory(ROW, ANYWHERE))

    assert capsys.readouterr().out == "Directory: 2 new, 0 updated, 0 unchanged.\n"


def test_the_command_fails_with_one_sentence_about_the_row(write_directory: WriteDirectory) -> None:
    with pytest.raises(CommandError, match=r"\ALine 2, column kind: .*Nothing was changed\.\Z") as failure:
        call_command("load_crisis_directory", file=write_directory(ROW | {"kind": "magic"}))

    assert failure.value.returncode == 1
    assert not Resource.objects.exists()


def test_a_file_without_the_newer_columns_leaves_what_an_entry_has(write_directory: WriteDirectory) -> None:
    zoned = {"opening": "Mo-Fr 09:00-17:00", "time_zone": "Pacific/Auckland", "text": "Text 1737", "sms": "1737"}
    load_directory(write_directory(ROW | zoned, ANYWHERE))
    older = tuple(name for name in COLUMNS if name not in {"sms", "opening", "time_zone"})
    row = {name: value for name, value in ROW.items() if name in older} | {"text": "Text 1737", "name": "Listeners"}

    assert load_directory(write_directory(row, ANYWHERE, columns=older)).updated == 1

    listener = Resource.objects.get(slug="nz-listener")
    assert (listener.name, listener.sms, listener.opening) == ("Listeners", "1737", "Mo-Fr 09:00-17:00")


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"opening": "Mon-Fri 9 to 5"}, "opening"),
        ({"opening": "Mo-Fr 09:00-17:00"}, "time_zone"),
        ({"opening": "Mo-Fr 09:00-17:00", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"text": "Text 1737", "sms": "1738"}, "sms"),
        ({"text": "Text 1737", "sms": "17 37"}, "sms"),
    ],
)
def test_hours_and_numbers_to_text_are_checked(
    write_directory: WriteDirectory, changes: dict[str, str], column: str
) -> None:
    with pytest.raises(DirectoryBroken) as refused:
        load_directory(write_directory(ROW | changes, ANYWHERE))
    assert refused.value.column == column
    assert not Resource.objects.exists()
