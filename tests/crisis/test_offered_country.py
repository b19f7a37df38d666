from __future__ import annotations

import pytest

from crisis.countries import offered_country


@pytest.mark.parametrize(
    ("accept_language", "country"),
    [
        ("en-GB,en;q=0.9", "GB"),
        ("es-mx", "MX"),
        ("zh-Hant-TW,zh;q=0.9", "TW"),
        ("en;q=0.9,de-AT;q=0.8,de-CH;q=0.9", "CH"),
        ("en-XX,fr-FR;q=0.5", "FR"),  # the first region is none we know: the next is asked
        ("de", None),
        ("es-419", None),
        ("en-u-gb", None),
        ("de-AT;q=0", None),
        ("", None),
        ("*", None),
        ("<script>", None),
    ],
)
def test_only_a_region_is_a_hint(accept_language: str, country: str | None) -> None:
    assert offered_country(accept_language) == country


def test_only_countries_with_something_to_show_are_offered() -> None:
    assert offered_country("en-GB,en-IE;q=0.9", among={"IE"}) == "IE"
