from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from crisis.models import Pin, Resource, Scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_superuser("quiet-heron", "a long and dull password"))
    return client


def form_of(resource: Resource, **changes: Any) -> dict[str, Any]:
    values = {name: value for name, value in model_to_dict(resource).items() if value is not None}
    return values | changes


def test_lists_and_filters_work(desk: Client) -> None:
    for query in (
        "",
        "?country=GB",
        "?kind=SUICIDE",
        "?check=due",
        "?is_hidden__exact=0",
        "?q=samaritans",
    ):
        assert desk.get(reverse("admin:crisis_resource_changelist") + query).status_code == 200
    assert desk.get(reverse("admin:crisis_pin_changelist")).status_code == 200


def test_a_service_cannot_be_deleted(desk: Client) -> None:
    resource = Resource.objects.get(slug="gb-samaritans")

    assert desk.get(reverse("admin:crisis_resource_delete", args=[resource.pk])).status_code == 403
    assert Resource.objects.filter(pk=resource.pk).exists()


def test_a_corrected_number_needs_the_day_it_was_checked(desk: Client) -> None:
    resource = Resource.objects.get(slug="gb-samaritans")
    url = reverse("admin:crisis_resource_change", args=[resource.pk])
    corrected = form_of(resource, phone="116 124", dial="116124")

    refused = desk.post(url, corrected)
    assert refused.status_code == 200
    assert "verified_on" in refused.context["adminform"].form.errors
    resource.refresh_from_db()
    assert resource.dial == "116123"

    assert desk.post(url, corrected | {"verified_on": "2026-11-01"}).status_code == 302
    resource.refresh_from_db()
    assert (resource.dial, resource.verified_on) == ("116124", dt.date(2026, 11, 1))


def test_a_service_of_the_sites_own_can_be_added(desk: Client) -> None:
    new = Resource(slug="gb-ours", country="GB", name="Ours", kind="LEGAL", web_url="https://ours.example.org/")

    response = desk.post(reverse("admin:crisis_resource_add"), form_of(new))

    assert response.status_code == 302
    assert Resource.objects.get(slug="gb-ours").name == "Ours"


def test_hiding_and_showing_go_through_the_list(desk: Client) -> None:
    resource = Resource.objects.get(slug="gb-samaritans")
    url = reverse("admin:crisis_resource_changelist")

    desk.post(url, {"action": "hide", "_selected_action": [resource.pk]})
    resource.refresh_from_db()
    assert resource.is_hidden

    desk.post(url, {"action": "show", "_selected_action": [resource.pk]})
    resource.refresh_from_db()
    assert not resource.is_hidden


def test_hiding_the_last_help_of_every_page_is_refused_in_words(desk: Client) -> None:
    pinned = list(Pin.objects.values_list("resource_id", flat=True))

    response = desk.post(
        reverse("admin:crisis_resource_changelist"), {"action": "hide", "_selected_action": pinned}, follow=True
    )

    assert "last help that every page shows" in response.content.decode()
    assert Resource.objects.filter(pk__in=pinned, is_hidden=False).count() == 1


def test_a_pin_is_added(desk: Client) -> None:
    resource = Resource.objects.get(slug="gb-samaritans")

    response = desk.post(
        reverse("admin:crisis_pin_add"),
        {"resource": resource.pk, "scope": Scope.THREAD, "place": "t1", "position": 0},
    )

    assert response.status_code == 302
    assert Pin.objects.get(place="t1").resource == resource


def test_a_pin_without_a_clear_place_is_sent_back(desk: Client) -> None:
    resource = Resource.objects.get(slug="gb-samaritans")

    response = desk.post(
        reverse("admin:crisis_pin_add"), {"resource": resource.pk, "scope": Scope.THREAD, "place": "", "position": 0}
    )

    assert response.status_code == 200
    assert not Pin.objects.filter(resource=resource).exists()


def test_the_last_pin_of_every_page_stays_and_the_desk_says_why(desk: Client) -> None:
    first, last = Pin.objects.order_by("position")

    removed = desk.post(reverse("admin:crisis_pin_delete", args=[first.pk]), {"post": "yes"})
    assert removed.status_code == 302
    refused = desk.post(reverse("admin:crisis_pin_delete", args=[last.pk]), {"post": "yes"}, follow=True)

    assert "last help that every page shows" in refused.content.decode()
    assert list(Pin.objects.all()) == [last]
