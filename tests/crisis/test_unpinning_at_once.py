"""Two moderators take the last two pins of every page away in the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from crisis.models import Kind, Pin, Resource, Scope
from crisis.services import LastPin, pin_resource, unpin


@pytest.mark.django_db(transaction=True)
def test_one_of_them_is_told_that_it_is_the_last() -> None:
    pins = [
        pin_resource(
            Resource.objects.create(slug=slug, country="ZZ", name=slug, kind=Kind.DIRECTORY),
            actor=None,
            scope=Scope.EVERYWHERE,
        )
        for slug in ("zz-a", "zz-b")
    ]
    start = Barrier(len(pins))

    def take_away(pin: Pin) -> bool:
        start.wait(timeout=10)
        try:
            unpin(pin, actor=None)
        except LastPin:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(pins)) as pool:
        assert sorted(pool.map(take_away, pins)) == [False, True]

    assert Pin.objects.count() == 1
