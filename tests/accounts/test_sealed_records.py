from __future__ import annotations

import pytest

from accounts import sealed_records
from accounts.models import SealedRecord
from forum.services.anonymity import OWN_POSTS

pytestmark = pytest.mark.django_db

KIND, OWNER, OTHER = OWN_POSTS, "member:1", "member:2"


def lengths() -> list[int]:
    return sorted(len(content) for content in SealedRecord.objects.values_list("content", flat=True))


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 100])
def test_a_list_gives_back_its_items_in_the_order_they_came(count: int) -> None:
    for number in range(count):
        sealed_records.add_item(KIND, OWNER, [number])
    sealed_records.add_item(KIND, OTHER, ["another's"])
    assert sealed_records.items(KIND, OWNER) == [[number] for number in range(count)]


def test_what_is_dropped_is_gone_and_what_comes_after_is_found() -> None:
    for number in range(40):
        sealed_records.add_item(KIND, OWNER, number)
    sealed_records.drop_items(KIND, OWNER, lambda number: number != 7)
    sealed_records.add_item(KIND, OWNER, 40)
    assert sealed_records.items(KIND, OWNER) == [7, 40]


def test_forgetting_takes_every_item_and_nobody_elses() -> None:
    for owner in (OWNER, OTHER):
        for number in range(40):
            sealed_records.add_item(KIND, owner, number)
    sealed_records.forget(KIND, OWNER)
    assert sealed_records.items(KIND, OWNER) == []
    assert sealed_records.items(KIND, OTHER) == list(range(40))
    assert SealedRecord.objects.count() == 40


def test_forgetting_takes_one_value() -> None:
    sealed_records.write(KIND, OWNER, "a value")
    sealed_records.write(KIND, OTHER, "another")
    sealed_records.forget(KIND, OWNER)
    assert sealed_records.read_many(KIND, [OWNER, OTHER]) == {OTHER: "another"}


def test_items_are_all_equally_long_and_no_row_of_them_is_written_again() -> None:
    sealed_records.add_item(KIND, OWNER, "short")
    first = SealedRecord.objects.values().get()
    for number in range(40):
        sealed_records.add_item(KIND, OWNER, "longer than that" * (number % 20))
    assert len(set(lengths())) == 1
    assert SealedRecord.objects.values().get(pk=first["id"]) == first


def test_values_are_padded_to_powers_of_two() -> None:
    for size in (1, 400, 500, 1_000, 3_000):
        sealed_records.write(KIND, f"of {size}", "x" * size)
    assert lengths() == [size + 28 for size in (512, 512, 1_024, 2_048, 4_096)]
