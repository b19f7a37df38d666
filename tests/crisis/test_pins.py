from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from common.errors import NotAllowed
from crisis.models import Pin, Scope
from crisis.services import (
    LastPin,
    PlaceUnclear,
    ResourceHidden,
    hide_resource,
    pin_resource,
    show_resource,
    unpin,
)
from tests.crisis.conftest import NewResource, Stranger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


def test_pinning_puts_a_service_on_a_thread(new_resource: NewResource) -> None:
    pin = pin_resource(new_resource("zz-a"), actor=None, scope=Scope.THREAD, place="t1", position=3)

    assert (pin.scope, pin.place, pin.position) == ("THREAD", "t1", 3)


def test_pinning_twice_moves_the_one_pin(new_resource: NewResource) -> None:
    resource = new_resource("zz-a")
    first = pin_resource(resource, actor=None, scope=Scope.EVERYWHERE)

    assert pin_resource(resource, actor=None, scope=Scope.EVERYWHERE, position=5) == first
    assert Pin.objects.get().position == 5


@pytest.mark.parametrize(
    ("scope", "place"), [("EVERYWHERE", "t1"), ("THREAD", ""), ("CATEGORY", ""), ("NOWHERE", ""), ("NOWHERE", "t1")]
)
def test_pinning_to_an_unclear_place_is_refused(new_resource: NewResource, scope: str, place: str) -> None:
    with pytest.raises(PlaceUnclear) as refusal:
        pin_resource(new_resource("zz-a"), actor=None, scope=scope, place=place)

    assert refusal.value.code == "place-unclear"
    assert not Pin.objects.exists()


@pytest.mark.parametrize(("scope", "place"), [("EVERYWHERE", "t1"), ("THREAD", ""), ("NOWHERE", "t1")])
def test_the_database_refuses_an_unclear_place_too(new_resource: NewResource, scope: str, place: str) -> None:
    resource = new_resource("zz-a")

    with pytest.raises(IntegrityError), transaction.atomic():
        Pin.objects.create(resource=resource, scope=scope, place=place)


def test_pinning_a_hidden_service_is_refused(new_resource: NewResource) -> None:
    with pytest.raises(ResourceHidden) as refusal:
        pin_resource(new_resource("zz-a", is_hidden=True), actor=None, scope=Scope.EVERYWHERE)

    assert refusal.value.code == "resource-hidden"
    assert not Pin.objects.exists()


def test_unpinning_takes_one_of_two_away(new_resource: NewResource) -> None:
    pin = pin_resource(new_resource("zz-a"), actor=None, scope=Scope.EVERYWHERE)
    other = pin_resource(new_resource("zz-b"), actor=None, scope=Scope.EVERYWHERE)

    unpin(pin, actor=None)
    unpin(pin, actor=None)

    assert list(Pin.objects.all()) == [other]


def test_unpinning_the_last_one_of_every_page_is_refused(new_resource: NewResource) -> None:
    pin = pin_resource(new_resource("zz-a"), actor=None, scope=Scope.EVERYWHERE)
    pin_resource(new_resource("zz-b"), actor=None, scope=Scope.THREAD, place="t1")

    with pytest.raises(LastPin) as refusal:
        unpin(pin, actor=None)

    assert refusal.value.code == "last-pin"
    assert Pin.objects.filter(pk=pin.pk).exists()


def test_a_hidden_service_does_not_count_as_help_on_every_page(new_resource: NewResource) -> None:
    pin = pin_resource(new_resource("zz-a"), actor=None, scope=Scope.EVERYWHERE)
    other = new_resource("zz-b")
    pin_resource(other, actor=None, scope=Scope.EVERYWHERE)
    hide_resource(other, actor=None)

    with pytest.raises(LastPin):
        unpin(pin, actor=None)


def test_unpinning_from_a_thread_is_always_possible(new_resource: NewResource) -> None:
    pin = pin_resource(new_resource("zz-a"), actor=None, scope=Scope.THREAD, place="t1")

    unpin(pin, actor=None)

    assert not Pin.objects.exists()


def test_hiding_the_last_help_of_every_page_is_refused(new_resource: NewResource) -> None:
    resource = new_resource("zz-a")
    pin_resource(resource, actor=None, scope=Scope.EVERYWHERE)

    with pytest.raises(LastPin):
        hide_resource(resource, actor=None)

    resource.refresh_from_db()
    assert not resource.is_hidden


def test_hiding_and_showing_again(new_resource: NewResource) -> None:
    resource = new_resource("zz-a")

    hide_resource(resource, actor=None)
    hide_resource(resource, actor=None)
    resource.refresh_from_db()
    assert resource.is_hidden

    show_resource(resource, actor=None)
    resource.refresh_from_db()
    assert not resource.is_hidden


def test_somebody_without_the_permission_changes_nothing(new_resource: NewResource) -> None:
    resource = new_resource("zz-a")
    pin = pin_resource(resource, actor=None, scope=Scope.THREAD, place="t1")
    stranger = Stranger()

    with pytest.raises(NotAllowed):
        pin_resource(resource, actor=stranger, scope=Scope.EVERYWHERE)
    with pytest.raises(NotAllowed):
        unpin(pin, actor=stranger)
    with pytest.raises(NotAllowed):
        hide_resource(resource, actor=stranger)
    with pytest.raises(NotAllowed):
        show_resource(resource, actor=stranger)

    assert list(Pin.objects.all()) == [pin]
    resource.refresh_from_db()
    assert not resource.is_hidden
