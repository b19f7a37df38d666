"""The commands a newcomer needs run anywhere, and name no machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from config.env import BASE_DIR

SCRIPTS = sorted(path for folder in ("script", ".ci") for path in (BASE_DIR / folder).iterdir() if path.is_file())
WITH_HELP = [path for path in SCRIPTS if path.name in {"server", "setup", "test"}]


def committed_files() -> list[Path]:
    answer = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - the git of whoever runs the tests
        cwd=BASE_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if answer.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in answer.stdout.split("\0") if (path := BASE_DIR / name).is_file()]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_it_can_be_run_and_stops_at_its_first_mistake(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)
    assert text.startswith("#!/usr/bin/env bash\n# ")
    assert "\nset -euo pipefail\n" in text or script.name == "test", "script/test goes on, and counts what failed"


@pytest.mark.parametrize("script", WITH_HELP, ids=lambda path: path.name)
def test_it_tells_how_it_is_used_from_any_folder_and_does_nothing(script: Path, tmp_path: Path) -> None:
    answer = subprocess.run(
        [script, "--help"],
        cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith(f"usage: script/{script.name}")
    assert list(tmp_path.iterdir()) == []


def test_no_file_names_this_machine() -> None:
    here = [f"{BASE_DIR}/".encode(), f"{Path.home()}/.pyenv".encode()]
    named = [path for path in committed_files() for place in here if place in path.read_bytes()]
    assert named == []


def test_no_lock_names_the_host_it_came_from() -> None:
    locks = [*BASE_DIR.glob("requirements*.txt"), *BASE_DIR.glob("pyproject.toml"), *SCRIPTS]
    words = ["--" + "index-url", "--" + "extra-index-url", "://" + "pypi.org", "files." + "pythonhosted"]
    assert [(path.name, word) for path in locks for word in words if word in path.read_text(encoding="utf-8")] == []


def test_every_line_of_the_lock_has_a_hash() -> None:
    for lock in BASE_DIR.glob("requirements*.txt"):
        pins = [
            block for block in lock.read_text(encoding="utf-8").split("\n") if "==" in block and block[0] not in " #"
        ]
        assert pins
        assert all(pin.endswith("\\") for pin in pins), "a pin is followed by its hashes"
