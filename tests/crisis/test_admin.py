from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from common.days import today
from crisis.models import Pin, Resource, Scope
from crisis.services import NoSuchPlace, load_directory, pin_resource
from forum.models import Category, Post
from tests.personas import written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_superuser("quiet-heron", "a long and dull password"))
    return client


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category)


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


def test_a_corrected_number_is_kept_and_needs_no_day_of_a_check(desk: Client) -> None:
    resource = Resource.objects.get(slug="gb-samaritans")
    url = reverse("admin:crisis_resource_change", args=[resource.pk])

    assert desk.post(url, form_of(resource, phone="116 124", dial="116124")).status_code == 302
    load_directory()  # as every start does
    resource.refresh_from_db()
    assert (resource.dial, resource.verified_on) == ("116124", None)
    assert resource.last_checked.startswith("Not checked by this site yet")


def test_a_day_that_is_still_to_come_is_no_day_of_a_check(desk: Client) -> None:
    resource = Resource.objects.get(slug="gb-samaritans")
    url = reverse("admin:crisis_resource_change", args=[resource.pk])
    tomorrow = (today() + dt.timedelta(days=1)).isoformat()

    refused = desk.post(url, form_of(resource, verified_on=tomorrow))
    assert "still to come" in refused.content.decode()
    resource.refresh_from_db()
    assert resource.verified_on is None


def test_who_tried_it_hid_it_and_showed_it_stands_at_the_entry(desk: Client) -> None:
    resource = Resource.objects.get(slug="gb-samaritans")
    url = reverse("admin:crisis_resource_changelist")
    desk.post(reverse("admin:crisis_resource_tried", args=[resource.pk]))
    for action, told in (("hide", "do not see it any more"), ("show", "see it again")):
        answer = desk.post(url, {"action": action, "_selected_action": [resource.pk]}, follow=True)
        assert f"gb-samaritans: readers {told}" in " ".join(str(each) for each in answer.context["messages"])

    history = desk.get(reverse("admin:crisis_resource_history", args=[resource.pk])).content.decode()
    for deed in ("Tried: it works.", "Hidden from readers.", "Shown to readers again."):
        assert deed in history
    assert history.count("quletheron") >= 3
    change = desk.get(reverse("admin:crisis_resource_change", args=[resource.pk])).content.decode()
    assert reverse("admin:crisis_resource_history", args=[resource.pk]) in change


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


@pytest.mark.parametrize(
    "shape", ["{id}", " {id} ", "/t/{id}/", "https://hearth.example/t/{id}/?branch=x#y", "/t/{id}"]
)
def test_a_pin_is_added_by_id_or_by_a_pasted_address(desk: Client, story: Post, shape: str) -> None:
    resource, thread = Resource.objects.get(slug="gb-samaritans"), story.thread.public_id
    form = {"resource": resource.pk, "scope": Scope.THREAD, "place": shape.format(id=thread), "position": 0}

    assert desk.post(reverse("admin:crisis_pin_add"), form).status_code == 302
    assert Pin.objects.get(place=thread).resource == resource
    assert "Samaritans" in desk.get(f"/t/{thread}/").content.decode()
    assert "gb-samaritans" in desk.get(reverse("admin:crisis_pin_changelist")).content.decode()


@pytest.mark.parametrize(
    ("scope", "place"),
    [
        (Scope.THREAD, "nope"),
        (Scope.THREAD, "{category}"),
        (Scope.CATEGORY, "{thread}"),
        (Scope.CATEGORY, "/t/{thread}/"),
    ],
)
def test_a_pin_to_a_place_that_is_not_there_is_sent_back(desk: Client, story: Post, scope: str, place: str) -> None:
    resource = Resource.objects.get(slug="gb-samaritans")
    place = place.format(thread=story.thread.public_id, category=story.thread.category.public_id)
    form = {"resource": resource.pk, "scope": scope, "place": place, "position": 0}

    answer = desk.post(reverse("admin:crisis_pin_add"), form)
    assert answer.status_code == 200
    assert "There is no such thread or category here." in answer.content.decode()
    with pytest.raises(NoSuchPlace):
        pin_resource(resource, actor=None, scope=scope, place=place)
    assert not Pin.objects.filter(resource=resource).exists()


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
