"""The documents are held against the code: each error, each setting, each file they name."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.errors import HearthError

ROOT = Path(__file__).resolve().parents[2]
APPS = ("common", "accounts", "crisis", "forum", "moderation", "config")
DOCUMENTS = [path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")) if path.name != "CHANGELOG.md"]


def all_errors() -> set[type[HearthError]]:
    importlib.import_module("config.urls")  # registers the converters that other urls use
    for app in APPS:
        for module in pkgutil.walk_packages(importlib.import_module(app).__path__, f"{app}."):
            if ".migrations." in module.name or module.name.startswith(("config.settings", "config.messages")):
                continue  # config.messages needs Babel, which is there only for developing
            importlib.import_module(module.name)

    def below(kind: type[HearthError]) -> Iterator[type[HearthError]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    return set(below(HearthError))


def test_every_error_has_a_paragraph_and_every_paragraph_an_error() -> None:
    headings = set(re.findall(r"^### (\S+)$", (ROOT / "docs/errors.md").read_text(), re.MULTILINE))
    assert headings == {error.code for error in all_errors()}


def test_no_two_errors_share_a_code() -> None:
    codes = sorted(error.code for error in all_errors())
    assert codes == sorted(set(codes))


def test_every_setting_read_from_the_environment_is_documented() -> None:
    read = set()
    for path in (*ROOT.glob("config/**/*.py"), *ROOT.glob("script/*")):
        if path.name != "settings_test.py" and path.is_file():
            read |= set(re.findall(r'(?:env\.\w+|secret)\(\s*"([A-Z][A-Z_]+)"', path.read_text()))
    table = (ROOT / "docs/settings.md").read_text()
    assert {name for name in read if f"`{name}`" not in table} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_a_document_names_is_there(document: Path) -> None:
    named = set(re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|html|txt|json|css|js|csv))`", document.read_text()))
    assert {name for name in named if not (ROOT / name).exists()} == set()
