"""Sanctions at the desk, over the API, and what whoever they meet is told on a page. Rules are in test_sanctions.py."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.posts import start_thread
from moderation.models import Case, Decision, Sanction, Seen
from moderation.services.cases import open_case
from moderation.services.claims import take
from moderation.services.sanctions import Terms, sanction_author
from tests.house.doors import Answer, Somebody, guest, in_an_app, opened, returning, signed_in, visitor
from tests.personas import GuestPost, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
LIST = "/api/v1/desk/sanctions/"


@pytest.fixture
def written(category: Category) -> GuestPost:
    return written_by_guest(category)


@pytest.fixture
def masked(trusted_member: User, category: Category) -> Post:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    return start_thread(category, actor=speaker, title="A title", text="Cruel words.").post


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    return sign_in(client, moderator)


def decided(desk: Client, **fields: Any) -> Any:
    case = Case.objects.get()
    typed = {"seen": str(Seen.of(case)), "action": "HIDE", "word": "", "reason": "It names a street."}
    address = f"/admin/moderation/case/{case.pk}/change/"
    return desk.post(address, typed | {name.replace("__", "-"): value for name, value in fields.items()})


def case_about(post: Post) -> Case:
    open_case(post, reasons=["reported:OTHER"])
    return Case.objects.select_related("post__thread__category").get(post=post)


def by_api(me: Somebody, case: Case, sanction: Any, **headers: str) -> Answer:
    """The post stays where it is."""
    body = {"action": "LEAVE", "sanction": sanction}
    address = f"/api/v1/desk/cases/{case.public_id}/decisions/"
    return me.ask(address, "POST", data=body, **{"If-Match": f'"{Seen.of(case)}"', **headers})


# --- The desk ---------------------------------------------------------------------------------------------------------


def test_beside_a_decision(desk: Client, written: GuestPost) -> None:
    answer = decided(desk, sanction__level="SUSPENSION", sanction__days="3", sanction__reason="A second time.")
    assert answer.status_code == 302
    sanction = Sanction.objects.get()
    assert (sanction.level, sanction.decision, sanction.category) == ("SUSPENSION", Decision.objects.get(), None)


def test_most_decisions_have_none(desk: Client, written: GuestPost) -> None:
    assert decided(desk, sanction__reason="Typed, and thought better of.").status_code == 302
    assert not Sanction.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"sanction__level": "SUSPENSION", "sanction__reason": "typed already"}, "Say for how many days."),
        (
            {"sanction__level": "BAN", "sanction__days": "x", "sanction__reason": "typed already"},
            "Enter a whole number",
        ),
        ({"sanction__level": "BAN", "sanction__reason": " ", "reason": "typed already"}, "Give the reason."),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_decided(
    desk: Client, written: GuestPost, fields: dict[str, str], said: str
) -> None:
    answer = decided(desk, **fields)
    text = answer.content.decode()
    assert answer.status_code == 400
    assert said in text
    assert "typed already" in text
    assert (Post.objects.get().state, Sanction.objects.count()) == ("HELD", 0)


def test_what_was_typed_comes_back_when_the_visit_has_ended(client: Client, written: GuestPost) -> None:
    answer = decided(client, sanction__level="BAN", sanction__reason="Sentinel reason.")
    assert answer.status_code == 401
    assert "Sentinel reason." in answer.content.decode()


def test_a_case_shows_what_stands_against_the_name_and_one_is_lifted_on_its_page(
    desk: Client, written: GuestPost
) -> None:
    decided(desk, sanction__level="BAN", sanction__only_here="1", sanction__reason="Sentinel reason.")
    sanction = Sanction.objects.get()
    place = f"/admin/moderation/sanction/{sanction.pk}/change/"
    assert "Sentinel reason." in desk.get(f"/admin/moderation/case/{Case.objects.get().pk}/change/").content.decode()
    page = desk.get(place).content.decode()
    assert "Stories" in page
    assert "Lift it" in page
    assert desk.post(place, {"why": " "}).status_code == 400
    assert desk.post(place, {"why": "A mistake."}).status_code == 302
    sanction.refresh_from_db()
    assert (sanction.why_lifted, sanction.is_in_force) == ("A mistake.", False)
    assert "Lift it" not in desk.get(place).content.decode()


def test_the_list_costs_the_same_for_five_and_for_thirty(
    desk: Client, written: GuestPost, moderator: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        if number in {5, 29}:
            with django_assert_max_num_queries(9):
                assert desk.get("/admin/moderation/sanction/").status_code == 200
        post = Post.objects.select_related("thread__category").get()
        sanction_author(post, actor=moderator, terms=Terms("WARNING", "r"))


def test_nobody_else_comes_in(client: Client, member: User, masked: Post, moderator: User) -> None:
    sanction_author(masked, actor=moderator, terms=Terms("BAN", "Sentinel reason."))
    sign_in(client, member)
    for address in ("/admin/moderation/sanction/", f"/admin/moderation/sanction/{Sanction.objects.get().pk}/change/"):
        assert "Sentinel" not in client.get(address, follow=True).content.decode()
        assert client.post(address, {"why": "w"}).status_code in {302, 403, 405}
    assert Sanction.objects.get().is_in_force


# --- The API ----------------------------------------------------------------------------------------------------------


def test_a_moderator_gives_reads_and_lifts_one(masked: Post, moderator: User) -> None:
    me = signed_in(moderator)
    terms = {"level": "SUSPENSION", "days": 3, "reason": "Cruel.", "only_here": True}
    sent = by_api(me, case_about(masked), terms)
    assert sent.status == 201, sent.text
    (given,) = json.loads(sent.text)["sanctions"]
    assert given["category_id"] == masked.thread.category.public_id
    assert (given["post_id"], given["is_in_force"], given["lifted_on"]) == (masked.public_id, True, None)
    assert json.loads(me.ask(LIST).text)["sanctions"] == [given]
    place = f"{LIST}{given['id']}/"
    assert json.loads(me.ask(place).text) == given
    lifted = [json.loads(me.ask(f"{place}lifting/", "PUT", data={"why": "Enough."}).text) for _time in range(2)]
    assert lifted[0] == lifted[1]
    assert (lifted[0]["is_in_force"], lifted[0]["why_lifted"]) == (False, "Enough.")


def test_sent_twice_under_one_key_it_is_given_once(masked: Post, moderator: User) -> None:
    me, case = in_an_app(moderator), case_about(masked)
    key = {"Idempotency-Key": "one-key-for-both"}
    answers = [by_api(me, case, {"level": "BAN", "reason": "Cruel."}, **key) for _time in range(2)]
    assert answers[0].text == answers[1].text
    assert Sanction.objects.count() == 1
    other = by_api(me, case, {"level": "WARNING", "reason": "Cruel."}, **key)
    assert (other.status, json.loads(other.text)["code"]) == (422, "idempotency-key-reused")


def test_the_same_decision_with_another_sanction_is_not_the_one_that_was_taken(masked: Post, moderator: User) -> None:
    me, case = signed_in(moderator), case_about(masked)
    assert by_api(me, case, None).status == 201
    again = by_api(me, case, {"level": "BAN", "reason": "Cruel."})
    assert (again.status, json.loads(again.text)["code"]) == (409, "case-already-closed")
    assert by_api(me, case, None).status == 201
    assert not Sanction.objects.exists()


def test_it_needs_what_every_decision_needs(masked: Post, moderator: User, second: User) -> None:
    """What was read, and that nobody else has the case."""
    case = case_about(masked)
    terms = {"level": "BAN", "reason": "Cruel."}
    blind = by_api(signed_in(moderator), case, terms, **{"If-Match": "*"})
    assert (blind.status, json.loads(blind.text)["code"]) == (428, "precondition-needed")
    take(case, actor=second)
    taken = by_api(signed_in(moderator), case, terms)
    assert (taken.status, json.loads(taken.text)["code"]) == (409, "case-taken")
    assert not Sanction.objects.exists()


def test_within_seconds_it_is_undone_and_its_words_were_read_by_nobody(
    masked: Post, trusted_member: User, moderator: User
) -> None:
    me, case = signed_in(moderator), case_about(masked)
    etag = json.loads(by_api(me, case, {"level": "BAN", "reason": "Sentinel reason."}).text)["etag"]
    author = opened(signed_in(trusted_member))
    assert "Sentinel" not in author.ask(f"/p/{masked.public_id}/").text
    undone = me.ask(f"/api/v1/desk/cases/{case.public_id}/undoing/", "POST", **{"If-Match": etag})
    assert (undone.status, json.loads(undone.text)["sanctions"]) == (200, [])
    assert not Sanction.objects.exists()
    assert send(author, masked, speaks_as="pseudonym").status == 302


def test_the_list_comes_in_pages(masked: Post, moderator: User) -> None:
    given = {sanction_author(masked, actor=moderator, terms=Terms("WARNING", "r")).public_id for _number in range(3)}
    me, address, found = signed_in(moderator), f"{LIST}?page_size=2", []
    while address:
        page = json.loads(me.ask(address).text)
        found += [each["id"] for each in page["sanctions"]]
        address = f"{LIST}?page_size=2&cursor={page['next']}" if page["next"] else ""
    assert (len(found), set(found)) == (3, given)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"level": "BAN"}, "#/sanction/reason"),
        ({"level": "BAN", "reason": " "}, "#/sanction/reason"),
        ({"level": "EXILE", "reason": "r"}, "#/sanction/level"),
        ({"level": "SUSPENSION", "reason": "r"}, "#/sanction/days"),
        ({"level": "BAN", "reason": "r", "days": 1}, "#/sanction/days"),
    ],
)
def test_what_does_not_fit_is_pointed_at(masked: Post, moderator: User, body: dict[str, Any], pointer: str) -> None:
    answer = by_api(signed_in(moderator), case_about(masked), body)
    assert answer.status == 400
    assert [error["pointer"] for error in json.loads(answer.text)["errors"]] == [pointer]
    assert not Sanction.objects.exists()


def test_nobody_else_asks_for_anything(masked: Post, other_member: User, moderator: User) -> None:
    sanction = sanction_author(masked, actor=moderator, terms=Terms("BAN", "r"))
    for somebody, refused in (
        (visitor(), (401, "sign-in-needed")),
        (signed_in(other_member), (403, "not-a-moderator")),
    ):
        for way, address in (
            ("GET", LIST),
            ("GET", f"{LIST}{sanction.public_id}/"),
            ("PUT", f"{LIST}{sanction.public_id}/lifting/"),
        ):
            answer = somebody.ask(address, way)
            assert (answer.status, json.loads(answer.text)["code"]) == refused
        assert by_api(somebody, case_about(masked), {"level": "BAN", "reason": "r"}).status == refused[0]
    assert Sanction.objects.count() == 1


# --- Whom it meets ----------------------------------------------------------------------------------------------------


def send(me: Somebody, parent: Post, **fields: str) -> Any:
    address = f"/p/{parent.public_id}/reply/"
    typed = {"text": "Words I typed.", "form_key": "a-key-of-my-own-1", **fields}
    return me.ask(address, "POST", data=typed)


def test_on_the_page_nothing_typed_is_lost_and_it_says_until_when(
    masked: Post, trusted_member: User, moderator: User
) -> None:
    sanction_author(masked, actor=moderator, terms=Terms("SUSPENSION", "r", days=3))
    answer = send(returning(trusted_member), masked, speaks_as="pseudonym")
    assert answer.status == 403
    assert "Words I typed." in answer.text
    assert "You can write again from" in answer.text
    kept = send(returning(trusted_member), masked, speaks_as="pseudonym", do="keep")
    assert kept.status == 302


def test_reading_says_nothing_of_it(masked: Post, trusted_member: User, moderator: User) -> None:
    """Whoever holds the phone sees the same pages as the day before."""
    me = returning(trusted_member)
    addresses = ("/", "/mine/", f"/t/{masked.thread.public_id}/", f"/p/{masked.public_id}/reply/", "/new/")
    before = [me.again().ask(address).comparable[::2] for address in addresses]
    sanction_author(masked, actor=moderator, terms=Terms("BAN", "r"))
    after = [me.again().ask(address).comparable[::2] for address in addresses]
    assert [_without_keys(body) for _status, body in before] == [_without_keys(body) for _status, body in after]


def _without_keys(body: bytes) -> bytes:
    return re.sub(rb'name="(form_key|writer)" value="[^"]*"', b"", body)


def test_a_guest_is_told_over_the_api(written: GuestPost, moderator: User) -> None:
    sanction_author(written.post, actor=moderator, terms=Terms("BAN", "r"))
    body = {"category_id": written.post.thread.category.public_id, "title": "T", "text": "Words."}
    answer = Somebody(claim_code=written.code).ask("/api/v1/threads/", "POST", data=body)
    assert (answer.status, json.loads(answer.text)["code"]) == (403, "writing-paused")


def test_a_warning_is_in_the_inbox_until_it_was_seen(masked: Post, trusted_member: User, moderator: User) -> None:
    me = opened(signed_in(trusted_member))
    sanction_author(masked, actor=moderator, terms=Terms("WARNING", "Please be kind."))
    assert "There is a word from the team for you." in me.ask("/inbox/").text
    assert "Please be kind." in me.ask(f"/p/{masked.public_id}/").text
    me.ask("/inbox/seen/", "POST", data={"post": masked.public_id})
    assert "There is a word from the team for you." not in me.ask("/inbox/").text


def test_behind_the_claim_code_it_says_why(written: GuestPost, moderator: User) -> None:
    sanction_author(written.post, actor=moderator, terms=Terms("BAN", "Please be kind."))
    page = guest(written.code).ask(f"/p/{written.post.public_id}/").text
    assert "Please be kind." in page
    assert "You cannot write anything new" in page
