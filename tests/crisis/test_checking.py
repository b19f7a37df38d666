"""Somebody of this site tries a service and says that it works; the operator sees what is due and what is broken."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from common.errors import NotAllowed
from crisis.models import Pin, Resource
from crisis.queries import due_for_checking
from crisis.services import confirm_resource
from tests.crisis.conftest import NewResource, Stranger
from tests.personas import sign_in

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NOON = "2026-03-16T12:00:00Z"


def said(**options: object) -> str:
    out = StringIO()
    call_command("check_resources", stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.fixture
def tried(new_resource: NewResource) -> Resource:
    return new_resource("gb-day", country="GB", phone="0800 100", dial="0800100", text="Text 3114", sms="3114")


def test_a_moderator_tries_it_and_says_that_it_works(client: Client, moderator: User, tried: Resource) -> None:
    desk = sign_in(client, moderator)
    url = f"/admin/crisis/resource/{tried.pk}/tried/"
    page = desk.get(url).content.decode()
    assert 'href="tel:0800100"' in page
    assert 'href="sms:3114"' in page
    assert url in desk.get(f"/admin/crisis/resource/{tried.pk}/change/").content.decode()
    with time_machine.travel(NOON, tick=False):
        assert "due" in desk.post(url).headers["Location"]
        tried.refresh_from_db()
        assert tried.verified_on == dt.date(2026, 3, 16)
        assert "Checked by this site in March 2026." in tried.last_checked


def test_nobody_else_does(client: Client, member: User, tried: Resource) -> None:
    assert sign_in(client, member).post(f"/admin/crisis/resource/{tried.pk}/tried/").status_code == 302
    with pytest.raises(NotAllowed):
        confirm_resource(tried, actor=Stranger())
    tried.refresh_from_db()
    assert tried.verified_on is None


def test_what_is_due_is_listed_the_never_checked_first(new_resource: NewResource, tried: Resource) -> None:
    new_resource("gb-new", country="GB", verified_on=dt.date(2026, 3, 1))
    new_resource("gb-old", country="GB", verified_on=dt.date(2025, 12, 15))
    new_resource("gb-gone", country="GB", is_hidden=True)
    with time_machine.travel(NOON, tick=False):
        assert [resource.slug for resource in due_for_checking()] == ["gb-day", "gb-old"]


def test_the_admin_shows_what_is_due(client: Client, moderator: User, new_resource: NewResource) -> None:
    new_resource("gb-new", country="GB", name="Checked", verified_on=dt.date(2026, 3, 1))
    new_resource("gb-old", country="GB", name="Unchecked")
    with time_machine.travel(NOON, tick=False):
        page = sign_in(client, moderator).get("/admin/crisis/resource/?check=due").content.decode()
    assert "Unchecked" in page
    assert "gb-new" not in page


@pytest.mark.usefixtures("directory")
def test_the_command_lists_what_is_due_and_passes_the_shipped_list() -> None:
    text = said()
    assert "due  gb-samaritans  checked: never" in text
    assert text.rstrip().endswith("311 due for checking, 311 shown.")
    assert "gb-samaritans" not in said(country="fr")
    assert "due  ie-text-about-it  checked: never  Text 50808" in said(country="ie")


@pytest.mark.usefixtures("directory")
def test_the_command_fails_on_what_is_broken() -> None:
    Resource.objects.filter(slug="gb-samaritans").update(dial="112")
    Resource.objects.filter(slug="fr-cfcv").update(opening="sometimes")
    with pytest.raises(CommandError, match="2 broken"):
        said()
    Resource.objects.filter(slug__in=["gb-samaritans", "fr-cfcv"]).delete()
    Pin.objects.all().delete()
    with pytest.raises(CommandError, match="1 broken"):
        said(list=False)
