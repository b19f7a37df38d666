"""What was refused is met first, on every page of the desk: in its title, then above all else, with ways to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from forum.models import Category
from moderation.models import AuditEntry, CannedReply, Case, Seen
from moderation.services.sanctions import Terms, sanction_author
from tests.personas import GuestPost, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category)


@pytest.fixture
def desk(client: Client, lead: User) -> Client:
    return sign_in(client, lead)


def refused_first(answer: Any) -> str:
    """The summary; it leads to fields that are there, and stands before the heading of the page."""
    page: str = answer.content.decode()
    assert "<title>Error: " in page
    assert page.index('id="errors" tabindex="-1" autofocus') < page.index("<h1>")
    summary = page[page.index('id="errors"') :]
    summary = summary[: summary.index("</div>")]
    places = re.findall(r'href="#([^"]+)"', summary)
    assert all(f'id="{place}"' in page for place in places), places
    assert all(f'id="{id_}"' in page for ids in re.findall(r'aria-describedby="([^"]+)"', page) for id_ in ids.split())
    return summary


def test_a_decision(desk: Client, guest: GuestPost) -> None:
    case = Case.objects.get()
    sent = {"seen": str(Seen.of(case)), "action": "RETURN", "reason": "typed already", "sanction-level": "SUSPENSION"}
    answer = desk.post(f"/admin/moderation/case/{case.pk}/change/", sent)
    assert answer.status_code == 400
    assert 'href="#id_word"' in refused_first(answer)
    assert "typed already" in answer.content.decode()
    assert "Say in a sentence what could be changed" in refused_first(answer)


def test_a_number_that_nobody_can_count_to(desk: Client, guest: GuestPost) -> None:
    """Python refuses to read one of thousands of digits."""
    case, many = Case.objects.get(), "9" * 5_000
    sent = {"do": "put_off", "hours": many, "seen": str(Seen.of(case))}
    answer = desk.post(f"/admin/moderation/case/{case.pk}/change/", sent, follow=True)
    assert "Choose between one hour and thirty days." in answer.content.decode()
    assert desk.get(f"/admin/moderation/case/transparency/?year={many}").status_code == 400
    for kind in ("case", "batch"):
        assert desk.get(f"/admin/moderation/{kind}/{many}/change/").status_code == 302
    assert Case.objects.get().state == "OPEN"


def test_nothing_was_chosen(desk: Client, guest: GuestPost) -> None:
    case = Case.objects.get()
    answer = desk.post(f"/admin/moderation/case/{case.pk}/change/", {"seen": str(Seen.of(case))})
    assert 'href="#id_action_0"' in refused_first(answer)


@pytest.mark.parametrize(
    ("address", "sent", "place"),
    [
        ("case/duty/", {"enough": "900"}, "id_enough"),
        ("batch/new/", {"act": "HIDE", "rule": "guest"}, "id_reason"),
        ("raidswitch/", {"switch": "NO_SIGN_UPS", "NO_SIGN_UPS-hours": "0"}, "id_NO_SIGN_UPS-hours"),
        ("hold/", {"do": "place"}, "id_post"),
        ("accessrequest/", {"do": "ask"}, "id_post"),
    ],
)
def test_on_other_pages(desk: Client, guest: GuestPost, address: str, sent: dict[str, str], place: str) -> None:
    answer = desk.post(f"/admin/moderation/{address}", sent)
    assert answer.status_code == 400
    assert f'href="#{place}"' in refused_first(answer)


def test_lifting_a_sanction_and_taking_facts_out(desk: Client, guest: GuestPost, lead: User) -> None:
    sanction = sanction_author(guest.post, actor=lead, terms=Terms("BAN", "Why."))
    lift = desk.post(f"/admin/moderation/sanction/{sanction.pk}/change/", {"why": ""})
    assert 'href="#id_why"' in refused_first(lift)
    redact = desk.post(f"/admin/moderation/auditentry/{AuditEntry.objects.latest('number').pk}/redact/", {"why": ""})
    assert 'href="#id_why_0"' in refused_first(redact)


def test_a_year_that_is_not_over(desk: Client) -> None:
    assert 'href="#year"' in refused_first(desk.get("/admin/moderation/case/transparency/?year=2999"))


def test_in_a_form_of_djangos_own(desk: Client) -> None:
    answer = desk.post("/admin/moderation/cannedreply/add/", {"title": "", "position": "x"})
    assert 'href="#id_position"' in refused_first(answer)
    assert not CannedReply.objects.filter(title="").exclude(shipped__gt="").exists()


def test_a_page_without_any_says_nothing(desk: Client, guest: GuestPost) -> None:
    page = desk.get(f"/admin/moderation/case/{Case.objects.get().pk}/change/").content.decode()
    assert 'id="errors"' not in page
    assert "<title>Hearth</title>" in page
