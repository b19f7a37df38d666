"""The site in one language that is written from right to left, for tests/browser/test_any_language_any_size.py."""

from __future__ import annotations

from config.settings import *  # noqa: F403 - the site as it is, but for its language
from config.settings import DATA_DIR

LANGUAGES = [("he", "עברית")]
LANGUAGE_CODE = "he"
LOCALE_PATHS = [DATA_DIR / "locale"]  # where mirroring.py writes what no person wrote
