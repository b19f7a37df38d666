from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from crisis.models import Kind, Resource
from crisis.services import COLUMNS, load_directory

ROW = {
    "slug": "nz-listener",
    "country": "NZ",
    "name": "Listener",
    "kind": "suicide",
    "phone": "0800 000 111",
    "dial": "0800000111",
    "web_url": "https://listener.example.org/",
    "hours": "24/7",
    "languages": "en;mi",
    "free": "yes",
    "sources": "https://example.org/1;https://example.org/2",
    "source_count": "2",
    "as_of": "2026-09",
}
ANYWHERE = {
    "slug": "zz-list-of-lists",
    "country": "ZZ",
    "name": "List of lists",
    "kind": "directory",
    "web_url": "https://lists.example.org/",
    "free": "yes",
    "source_count": "1",
}

WriteDirectory = Callable[..., Path]
NewResource = Callable[..., Resource]


@pytest.fixture
def write_directory(tmp_path: Path) -> WriteDirectory:
    def write(*rows: Mapping[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
        path = tmp_path / "directory.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


@pytest.fixture
def new_resource(db: None) -> NewResource:
    def new(slug: str, **values: Any) -> Resource:
        values = {"country": "ZZ", "name": slug, "kind": Kind.DIRECTORY, "web_url": "https://example.org/"} | values
        return Resource.objects.create(slug=slug, **values)

    return new


@pytest.fixture
def directory(db: None) -> None:
    load_directory()


def any_place(scope: str, text: str) -> str:
    """Answers for a forum that has every place it is asked for: crisis alone does not know what a thread is."""
    return text


@pytest.fixture
def places(settings: Settings) -> None:
    settings.CRISIS_PLACES = "tests.crisis.conftest.any_place"


class Stranger:
    """Somebody to whom nothing was given."""

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False
