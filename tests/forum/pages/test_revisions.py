"""What a post said before, read by its author and moderators, one edit at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from forum.authorship import Reader
from forum.models import Category, Post
from forum.services.posts import edit_post
from forum.services.visibility import erase_post, hide_post, remembering, take_back
from moderation import queries
from moderation.models import Action, Case, Seen
from moderation.services import claims
from moderation.services.cases import open_case
from moderation.services.decisions import decide
from tests.house.doors import signed_in
from tests.personas import sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
STEPS = ("I left in the blue car.", "I left in a car.", "I left in a car, at night.")


@pytest.fixture
def post(trusted_member: User, category: Category) -> Post:
    post = written_by(trusted_member, category, title="The first night", text=STEPS[0])
    for text in STEPS[1:]:
        post = edit_post(post, actor=Reader(trusted_member), version=post.version, title="The night", text=text)
    return post


def test_the_newest_edit_comes_first_and_leads_to_the_one_before(
    client: Client, trusted_member: User, post: Post
) -> None:
    place = reverse("forum:post-revisions", args=[post.public_id])
    sign_in(client, trusted_member)
    assert place in client.get(reverse("forum:post-detail", args=[post.public_id])).content.decode()
    newest = client.get(place)
    shown = newest.content.decode()
    assert "Edit 2 of 2" in shown
    assert '<ins><span class="visually-hidden">put in: </span>, at night<span' in shown
    assert "blue" not in shown
    earlier = client.get(f"{place}?number={newest.context['revision'].earlier}").content.decode()
    assert "Edit 1 of 2" in earlier
    assert '<del><span class="visually-hidden">taken out: </span>the blue<span' in earlier
    assert "taken out: </span>first " in earlier  # of the title


def test_others_see_that_it_was_edited_and_no_more(client: Client, other_member: User, post: Post) -> None:
    place = reverse("forum:post-revisions", args=[post.public_id])
    sign_in(client, other_member)
    assert client.get(place).status_code == 404
    thread = client.get(reverse("forum:thread-detail", args=[post.thread.public_id])).content.decode()
    assert "<span>edited</span>" in thread
    assert place not in thread


@pytest.mark.parametrize("number", ["0", "99", "x", "9" * 40, "-1", "²"])
def test_an_edit_that_never_was(client: Client, trusted_member: User, post: Post, number: str) -> None:
    sign_in(client, trusted_member)
    answer = client.get(reverse("forum:post-revisions", args=[post.public_id]), {"number": number})
    assert answer.status_code in {200, 404}
    assert ("Edit 2 of 2" in answer.content.decode()) == (answer.status_code == 200)


def test_nothing_is_left_of_them_when_it_is_erased(client: Client, trusted_member: User, post: Post) -> None:
    erase_post(post, actor=Reader(trusted_member))
    sign_in(client, trusted_member)
    assert client.get(reverse("forum:post-revisions", args=[post.public_id])).status_code == 404


def test_the_desk_shows_what_was_changed_last(moderator: User, post: Post) -> None:
    case: Case = open_case(post, reasons=["premoderated"])
    desk = signed_in(moderator)
    shown = desk.ask(reverse("admin:moderation_case_change", args=[case.pk])).text
    assert "put in: </span>, at night<span" in shown
    before = reverse("forum:post-revisions", args=[post.public_id])
    assert before in shown
    assert "Edit 2 of 2" in desk.ask(before).text


def test_the_api_tells_the_same(client: Client, trusted_member: User, post: Post) -> None:
    place = reverse("api:post-revisions", args=[post.public_id])
    assert client.get(place).status_code == 404
    sign_in(client, trusted_member)
    numbers = [revision["number"] for revision in client.get(place).json()["revisions"]]
    newest = client.get(f"{place}{numbers[0]}/").json()
    assert (newest["source"], newest["when"]) == (STEPS[1], "today")
    assert {"kind": "added", "text": ", at night"} in newest["text_changes"]
    assert client.get(f"{place}{numbers[0] + 7}/").status_code == 404


def test_they_are_numbered_from_one_whatever_was_decided_and_undone(
    client: Client, trusted_member: User, moderator: User, post: Post
) -> None:
    for _time in range(3):
        with remembering(post) as memento:
            hide_post(post, actor=moderator, word="Not this.")
        take_back(post, memento, actor=moderator)
    now = Post.objects.get(pk=post.pk)
    edit_post(now, actor=Reader(trusted_member), version=now.version, title="The night", text="I left.")
    place = reverse("api:post-revisions", args=[post.public_id])
    listed = sign_in(client, trusted_member).get(place).json()["revisions"]
    assert [(each["number"], each["source"]) for each in listed] == [(n, STEPS[n - 1]) for n in (3, 2, 1)]
    for n in (1, 2, 3):
        assert client.get(f"{place}{n}/").json()["source"] == STEPS[n - 1]
        page = client.get(reverse("forum:post-revisions", args=[post.public_id]), {"number": n})
        assert f"Edit {n} of 3" in page.content.decode()
    assert client.get(f"{place}4/").status_code == client.get(f"{place}0/").status_code == 404


def test_a_small_edit_after_it_hides_nothing_that_was_added_since_it_was_returned(
    trusted_member: User, moderator: User, post: Post
) -> None:
    case = Case.objects.get(pk=open_case(post, reasons=["premoderated"]).pk)
    claims.take(case, actor=moderator)
    seen = Seen.of(queries.case_for_moderator(case.public_id))
    decide(case, actor=moderator, seen=seen, action=Action.RETURN, word="Please leave out the car.")
    for text in ("I left. He lives at nine Elm Street.", "I left! He lives at nine Elm Street."):
        post = Post.objects.select_related("thread__category").get(pk=post.pk)
        post = edit_post(post, actor=Reader(trusted_member), version=post.version, title=post.title, text=text)
    live = Case.objects.get(post=post, state="OPEN")
    shown = signed_in(moderator).ask(reverse("admin:moderation_case_change", args=[live.pk])).text
    edit = shown.partition("What its author changed since the team decided")[2].partition("</details>")[0]
    assert "Elm Street" in edit.partition("<ins>")[2]
    assert "night" in edit.partition("<del>")[2]
    assert "?number=2" in edit, "what was changed before it was returned is a link away"
