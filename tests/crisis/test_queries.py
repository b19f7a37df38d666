from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from common.days import today
from crisis.models import Kind, Pin, Resource, Scope
from crisis.queries import countries, pinned_for, resources_for
from crisis.services import pin_resource
from tests.crisis.conftest import NewResource

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


def slugs(resources: list[Resource]) -> list[str]:
    return [resource.slug for resource in resources]


@pytest.mark.usefixtures("directory")
def test_a_country_has_its_own_lines_by_kind_and_then_those_for_everyone() -> None:
    found = resources_for("GB")
    own = [resource for resource in found if resource.country == "GB"]
    kinds = [Kind.values.index(resource.kind) for resource in own]

    assert found[0].slug == "gb-emergency"
    assert kinds == sorted(kinds)
    assert {resource.country for resource in found} == {"GB", "ZZ"}
    assert [resource.country for resource in found[len(own) :]] == ["ZZ"] * (len(found) - len(own))


@pytest.mark.usefixtures("directory")
def test_the_nations_of_the_united_kingdom_are_kept_apart() -> None:
    regions = [resource.region for resource in resources_for("GB", kinds=[Kind.DOMESTIC_ABUSE])]

    assert regions == ["", "England", "Northern Ireland", "Scotland", "Wales"]


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize("country", ["US", "DE"])
def test_numbers_of_the_european_union_are_not_mixed_into_a_country(country: str) -> None:
    assert "EU" not in {resource.region for resource in resources_for(country)}


@pytest.mark.usefixtures("directory")
def test_without_a_country_the_live_directories_come_first_and_regional_numbers_last() -> None:
    found = resources_for(None)

    assert {resource.country for resource in found} == {"ZZ"}
    assert found[0].kind == Kind.DIRECTORY
    assert [resource.region for resource in found[-4:]] == ["EU"] * 4
    assert found[-4].kind == Kind.EMERGENCY


@pytest.mark.usefixtures("directory")
def test_kinds_narrow_the_list() -> None:
    found = resources_for("IE", kinds=[Kind.SUICIDE, Kind.MEN])

    assert {resource.kind for resource in found} == {Kind.SUICIDE, Kind.MEN}


def test_an_entry_checked_lately_stands_above_a_stale_one_of_its_kind(new_resource: NewResource) -> None:
    values = {"country": "NZ", "kind": Kind.SUICIDE}
    new_resource("nz-a", **values)
    new_resource("nz-b", verified_on=today() - dt.timedelta(days=91), **values)
    new_resource("nz-c", verified_on=today() - dt.timedelta(days=90), **values)

    assert slugs(resources_for("NZ")) == ["nz-c", "nz-a", "nz-b"]


def test_hidden_entries_are_shown_nowhere(new_resource: NewResource) -> None:
    hidden = new_resource("nz-hidden", country="NZ")
    Pin.objects.create(resource=hidden, scope=Scope.EVERYWHERE)
    Resource.objects.update(is_hidden=True)

    assert resources_for("NZ") == []
    assert pinned_for() == []
    assert countries() == []


@pytest.mark.usefixtures("directory")
def test_lists_cost_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        for resource in resources_for("GB"):
            assert resource.traces
            assert resource.last_checked
    with django_assert_num_queries(1):
        assert len(pinned_for([(Scope.CATEGORY, "c1"), (Scope.THREAD, "t1")], country="GB")) == 3
    with django_assert_num_queries(1):
        assert len(countries()) == 51


def test_pins_of_the_thread_come_before_those_of_its_category_and_of_every_page(new_resource: NewResource) -> None:
    pin_resource(new_resource("zz-every"), actor=None, scope=Scope.EVERYWHERE)
    pin_resource(new_resource("zz-every-first"), actor=None, scope=Scope.EVERYWHERE, position=0)
    pin_resource(new_resource("zz-category"), actor=None, scope=Scope.CATEGORY, place="c1", position=9)
    pin_resource(new_resource("zz-thread"), actor=None, scope=Scope.THREAD, place="t1", position=9)
    pin_resource(new_resource("zz-elsewhere"), actor=None, scope=Scope.THREAD, place="t2")
    Pin.objects.filter(resource__slug="zz-every").update(position=1)

    found = pinned_for([(Scope.CATEGORY, "c1"), (Scope.THREAD, "t1")])

    assert slugs(found) == ["zz-thread", "zz-category", "zz-every-first", "zz-every"]


def test_a_service_pinned_twice_is_shown_once_where_it_is_nearest(new_resource: NewResource) -> None:
    both = new_resource("zz-both")
    pin_resource(new_resource("zz-every"), actor=None, scope=Scope.EVERYWHERE)
    pin_resource(both, actor=None, scope=Scope.EVERYWHERE, position=1)
    pin_resource(both, actor=None, scope=Scope.THREAD, place="t1")

    assert slugs(pinned_for([(Scope.THREAD, "t1")])) == ["zz-both", "zz-every"]


def test_the_place_of_one_scope_is_not_taken_for_another(new_resource: NewResource) -> None:
    pin_resource(new_resource("zz-every"), actor=None, scope=Scope.EVERYWHERE)
    pin_resource(new_resource("zz-category"), actor=None, scope=Scope.CATEGORY, place="x1")

    assert slugs(pinned_for([(Scope.THREAD, "x1")])) == ["zz-every"]


@pytest.mark.usefixtures("directory")
def test_who_chose_a_country_gets_its_emergency_number_and_no_other_countrys_line() -> None:
    pin_resource(Resource.objects.get(slug="gb-samaritans"), actor=None, scope=Scope.EVERYWHERE)
    pin_resource(Resource.objects.get(slug="us-emergency"), actor=None, scope=Scope.THREAD, place="t1")

    assert slugs(pinned_for([(Scope.THREAD, "t1")], country="GB")) == [
        "gb-emergency",
        "gb-samaritans",
        "zz-find-a-helpline",
        "zz-lila-help",
    ]
    assert slugs(pinned_for([(Scope.THREAD, "t1")], country="US")) == [
        "us-emergency",
        "zz-find-a-helpline",
        "zz-lila-help",
    ]


@pytest.mark.usefixtures("directory")
def test_there_is_always_something() -> None:
    Pin.objects.all().delete()

    assert {resource.kind for resource in pinned_for()} == {Kind.DIRECTORY}
