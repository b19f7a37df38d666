from __future__ import annotations

import pytest

from crisis.countries import in_order, offered_country


@pytest.mark.parametrize(
    ("accept_language", "country"),
    [
        ("en-GB,en;q=0.9", "GB"),
        ("es-mx", "MX"),
        ("zh-Hant-TW,zh;q=0.9", "TW"),
        ("en;q=0.7,de-AT;q=0.8,de-CH;q=0.9", "CH"),
        ("en-XX,fr-FR;q=0.5", None),
        ("de,en-US;q=0.7,en;q=0.3", None),  # as browsers in German, Polish and Spanish come
        ("pl,en-US;q=0.7,en;q=0.3", None),
        ("es,en-US;q=0.7,en;q=0.3", None),
        ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "DE"),
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


def test_countries_stand_where_somebody_looks_for_them() -> None:
    names = ["Zypern", "Argentinien", "Ägypten", "Österreich", "Norwegen", "Polen"]
    in_a_list = [name for _code, name in in_order([("XX", name) for name in names])]
    assert in_a_list == ["Ägypten", "Argentinien", "Norwegen", "Österreich", "Polen", "Zypern"]


def test_only_countries_with_something_to_show_are_offered() -> None:
    assert offered_country("en-IE,en-GB;q=0.9", among={"IE"}) == "IE"
    assert offered_country("en-GB,en-IE;q=0.9", among={"IE"}) is None
