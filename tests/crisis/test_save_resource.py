from __future__ import annotations

import datetime as dt

import pytest

from common.errors import Invalid, NotAllowed
from crisis.models import Resource
from crisis.services import save_resource
from tests.crisis.conftest import NewResource, Stranger

pytestmark = pytest.mark.django_db


def test_stores_the_words_and_the_day_of_the_check_but_not_whether_it_is_hidden(new_resource: NewResource) -> None:
    resource = new_resource("nz-a", country="NZ")
    resource.phone, resource.dial, resource.verified_on = "111", "111", dt.date(2026, 11, 1)
    resource.is_hidden = True

    save_resource(resource, actor=None)

    stored = Resource.objects.get()
    assert (stored.phone, stored.dial, stored.verified_on) == ("111", "111", dt.date(2026, 11, 1))
    assert not stored.is_hidden


def test_a_number_to_dial_that_is_not_the_one_shown_is_refused(new_resource: NewResource) -> None:
    resource = new_resource("nz-a", country="NZ", phone="111", dial="111")
    resource.dial = "112"

    with pytest.raises(Invalid) as refusal:
        save_resource(resource, actor=None)

    assert list(refusal.value.fields) == ["dial"]
    assert Resource.objects.get().dial == "111"


def test_somebody_without_the_permission_changes_nothing(new_resource: NewResource) -> None:
    resource = new_resource("nz-a", country="NZ")
    resource.name = "Other"

    with pytest.raises(NotAllowed):
        save_resource(resource, actor=Stranger())

    assert Resource.objects.get().name == "nz-a"
