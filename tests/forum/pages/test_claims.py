from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from forum.models import Category, Post
from forum.services.anonymity import open_member, read_claim, read_claims
from forum.services.claims import count_codes, make_code
from forum.services.visibility import publish_post, return_post
from tests.house.doors import Answer, Somebody, guest, opened, signed_in, visitor
from tests.personas import GuestPost, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(category: Category) -> GuestPost:
    return written_by_guest(category)


@pytest.fixture
def reading(written: GuestPost) -> str:
    return make_code(read_claim(written.code), may_write=False).code


def words_on(answer: Answer) -> list[str]:
    found = re.search(r'<ol class="claim-code">(.*?)</ol>', answer.text, re.DOTALL)
    return re.findall(r"<li>(\w+)</li>", found[1]) if found else []


def make(somebody: Somebody, may_write: str, code: str = "") -> Answer:
    """With the words the visit was opened with, or with others."""
    data = {"code": code or somebody.claim_code, "may_write": may_write, "form_key": "a-key-of-a-form"}
    return somebody.ask("/claim/code/", "POST", data=data)


@pytest.mark.parametrize("address", ["/claim/code/", "/claim/code/end/", "/claim/code/end-others/"])
def test_who_has_opened_no_code_is_asked_for_one(address: str) -> None:
    assert visitor().ask(address).headers["location"] == "/claim/"


@pytest.mark.parametrize("may_write", ["yes", "no"])
def test_another_code_is_shown_once(written: GuestPost, may_write: str) -> None:
    me = guest(written.code)
    made = words_on(make(me, may_write))
    assert len(made) == 6
    assert read_claim("-".join(made)).may_write is (may_write == "yes")
    assert words_on(me.ask("/claim/code/")) == []
    shown = me.ask("/claim/code/").text  # a single word of it may be one of the page's own
    assert written.code not in shown
    assert written.code.replace("-", " ") not in shown


def test_sending_twice_makes_one_code(written: GuestPost) -> None:
    me = guest(written.code)
    assert words_on(make(me, "no")) == words_on(make(me, "no"))
    assert "2 sets of six words" in me.ask("/claim/code/").text


def test_ending_the_others_leaves_this_one(written: GuestPost, reading: str) -> None:
    me, other = guest(written.code), guest(reading)
    assert me.ask("/claim/code/end-others/", "POST", data={"code": written.code}).status == 302
    assert other.ask("/mine/").status == 302  # in a visit that had it open, too
    assert other.ask(f"/p/{written.post.public_id}/").status == 404
    assert me.ask("/mine/").status == 200


def test_ending_this_one_asks_first_and_says_what_it_means(written: GuestPost) -> None:
    me = guest(written.code)
    assert "They are the only ones." in me.ask("/claim/code/end/").text
    assert read_claims([written.code])
    assert me.ask("/claim/code/end/", "POST", data={"code": written.code}).status == 200
    assert not read_claims([written.code])
    assert me.ask(f"/p/{written.post.public_id}/").status == 404
    assert visitor().ask("/claim/", "POST", data={"code": written.code}).status == 401


def test_words_for_reading_show_how_things_stand_and_no_button(
    written: GuestPost, reading: str, moderator: User
) -> None:
    return_post(written.post, actor=moderator, word="Please leave out the name.")
    page = guest(reading).ask(f"/p/{written.post.public_id}/").text
    assert "Please leave out the name." in page
    assert "Some words." in page
    assert "words for reading only" in page
    for way in ("edit", "withdraw", "put-back", "erase", "let-go"):
        assert f"/{way}/" not in page


@pytest.mark.parametrize("way", ["edit", "withdraw", "put-back", "erase", "let-go"])
def test_words_for_reading_are_refused_kindly_at_every_address(written: GuestPost, reading: str, way: str) -> None:
    data = {"title": "T", "text": "Other words.", "version": str(written.post.version)}
    answer = guest(reading).ask(f"/p/{written.post.public_id}/{way}/", "POST", data=data)
    assert answer.status == 403
    assert "These six words are for reading" in answer.text
    post = Post.objects.get(pk=written.post.pk)
    assert (post.source, post.state, post.version) == ("Some words.", "HELD", written.post.version)


def test_words_for_reading_make_and_end_nothing(written: GuestPost, reading: str) -> None:
    me = guest(reading)
    assert make(me, "yes").status == 403
    for address in ("/claim/code/end/", "/claim/code/end-others/"):
        assert me.ask(address, "POST", data={"code": reading}).status == 403
    assert len(read_claims([written.code, reading])) == 2


def test_who_came_with_words_for_reading_writes_as_somebody_new(reading: str, written: GuestPost) -> None:
    story = publish_post(written.post, actor=None)
    me = guest(reading)
    sent = me.ask(f"/p/{story.public_id}/reply/", "POST", data={"text": "Words.", "form_key": "a-key-of-a-form"})
    assert sent.status == 302
    assert Post.objects.get(parent=story).thread_pseudonym_id != story.thread_pseudonym_id
    assert words_on(me.ask(sent.headers["location"])) not in ([], reading.split("-"))


def test_words_for_reading_typed_into_the_composer_send_nothing(reading: str, category: Category) -> None:
    data = {"category": category.public_id, "title": "T", "text": "Sentinel.", "claim_code": reading}
    answer = visitor().ask("/new/", "POST", data={**data, "form_key": "a-key-of-a-form"})
    assert answer.status == 403
    assert "Sentinel." in answer.text
    assert Post.objects.count() == 1


def test_the_page_of_one_post_offers_no_change_to_words_for_reading(written: GuestPost, reading: str) -> None:
    said, address = "You can change it or take it back", f"/p/{written.post.public_id}/"
    assert said in guest(written.code).ask(address).text
    assert said not in guest(reading).ask(address).text


# --- Somebody else at an open visit -------------------------------------------------------------------------------


def test_the_words_are_shown_right_after_writing_and_not_again(category: Category) -> None:
    story = {"category": category.public_id, "title": "T", "text": "Words.", "form_key": "a-key-of-a-form"}
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        me = visitor()
        sent = me.ask("/new/", "POST", data=story).headers["location"]
        shown = words_on(me.ask(sent))
        assert len(shown) == 6
        clock.shift(119)
        assert words_on(me.ask(sent)) == shown, "a page that did not arrive can be asked for again"
        clock.shift(1)
        assert words_on(me.ask(sent)) == []
        assert me.ask("/new/", "POST", data=story).headers["location"] == sent
        assert words_on(me.ask(sent)) == [], "sending the form again does not show them either"
        assert words_on(guest("-".join(shown)).ask(sent)) == [], "nor coming back with them"


def test_what_is_written_next_goes_under_them_and_does_not_show_them(category: Category) -> None:
    written = written_by_guest(category)
    me = guest(written.code)
    story = {"category": category.public_id, "title": "T", "text": "Words.", "form_key": "a-key-of-a-form"}
    page = me.ask(me.ask("/new/", "POST", data=story).headers["location"])
    assert words_on(page) == []
    assert "under the six words of this visit" in page.text
    assert sum(word in page.text for word in written.code.split("-")) < 3  # one may be the page's own


@pytest.mark.parametrize("typed", ["", "another guest's", "for reading"])
@pytest.mark.parametrize("address", ["/claim/adopt/", "/claim/code/", "/claim/code/end/", "/claim/code/end-others/"])
def test_who_sits_down_at_an_open_visit_adopts_makes_and_ends_nothing(
    written: GuestPost, reading: str, member: User, category: Category, address: str, typed: str
) -> None:
    codes = {"": "", "another guest's": written_by_guest(category).code, "for reading": reading}
    me = opened(signed_in(member), written.code)
    data = {"code": codes[typed], "may_write": "yes", "form_key": "a-key-of-a-form"}
    answer = me.ask(address, "POST", data=data)
    assert answer.status == {"": 400, "another guest's": 401, "for reading": 403}[typed]
    assert words_on(answer) == []
    assert 'name="code"' in answer.text, "the form is there again"
    assert len(read_claims([written.code, reading])) == 2
    assert open_member(member).post_ids == ()
    assert count_codes(read_claim(written.code)) == 2


def test_by_api_an_open_visit_shows_how_things_stand_and_changes_nothing(written: GuestPost, reading: str) -> None:
    me = guest(written.code)
    me.claim_code = ""  # the visit alone
    address = "/api/v1/claim-codes/"
    assert me.ask(f"{address}current/").status == 200
    assert me.ask(address, "POST", data={"may_write": True}).status == 401
    for which in ("current", "others"):
        assert me.ask(f"{address}{which}/", "DELETE").status == 401
    assert count_codes(read_claim(written.code)) == 2


# --- Into an account --------------------------------------------------------------------------------------------------


def test_a_member_takes_what_a_code_opened_into_their_account(written: GuestPost, member: User) -> None:
    me = opened(signed_in(member), written.code)
    assert "One post, written as a guest" in me.ask("/claim/adopt/").text
    assert me.ask("/claim/adopt/", "POST", data={"code": written.code}).headers["location"] == "/mine/"
    assert written.post.title in me.ask("/mine/").text
    assert me.ask(f"/p/{written.post.public_id}/").status == 200
    assert open_member(member).post_ids == (written.post.public_id,)
    assert guest_is_shut_out(written.code)


def guest_is_shut_out(code: str) -> bool:
    return visitor().ask("/claim/", "POST", data={"code": code}).status == 401


def test_who_is_not_signed_in_adopts_nothing(written: GuestPost) -> None:
    me = guest(written.code)
    assert me.ask("/claim/adopt/").status == 401
    assert me.ask("/claim/adopt/", "POST").status == 401
    assert read_claims([written.code])


def test_a_code_typed_before_signing_in_is_there_after_it(written: GuestPost, member: User) -> None:
    from tests.personas import PASSWORD

    me = guest(written.code)
    me.ask("/accounts/login/", "POST", data={"login": member.username, "password": PASSWORD})
    assert me.ask("/claim/adopt/").status == 200


# --- Nobody's ---------------------------------------------------------------------------------------------------------


def test_a_name_is_made_nobodys_after_asking_once(written: GuestPost) -> None:
    me, elsewhere = guest(written.code), guest(written.code)
    address = f"/p/{written.post.public_id}/let-go/"
    assert "nobody's?" in me.ask(address).text.replace("&#x27;", "'")
    assert me.ask(f"/p/{written.post.public_id}/").status == 200
    assert me.ask(address, "POST").status == 200
    for visit in (me, elsewhere):  # an open visit elsewhere has lost it, too
        assert visit.ask(f"/p/{written.post.public_id}/").status == 404


def test_it_is_not_offered_for_what_stands_under_ones_own_name(trusted_member: User, category: Category) -> None:
    post = written_by(trusted_member, category)
    me = signed_in(trusted_member)
    assert "let-go" not in me.ask(f"/p/{post.public_id}/").text
    answer = me.ask(f"/p/{post.public_id}/let-go/")
    assert answer.status == 409
