"""House rules: versions that stay, and members who are asked when they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import SealedRecord, User
from common.errors import Invalid, NotFound
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, HouseRules, Post
from forum.services.house_rules import (
    RulesChanged,
    agree_to_rules,
    agreed_version,
    create_first_rules,
    current_rules,
    publish_rules,
    rules_to_agree_to,
)
from forum.services.posts import edit_post, start_thread
from forum.services.visibility import erase_post, withdraw_post
from tests.house.doors import in_an_app, signed_in, visitor
from tests.house.dump import dump_tables
from tests.personas import GUEST, sign_in, written_by

if TYPE_CHECKING:
    from django.http import HttpResponse

pytestmark = pytest.mark.django_db
WORDS = "Words I took an hour for."


def compose(client: Client, category: Category, **more: str) -> HttpResponse:
    form = {
        "category": category.public_id,
        "title": "A title",
        "text": WORDS,
        "speaks_as": "pseudonym",
        "form_key": "a-key-of-my-own-1",
    }
    return client.post("/new/", form | more)  # type: ignore[return-value]


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_a_change_is_a_new_version_and_old_ones_stay_to_be_read(db: None) -> None:
    assert current_rules() is None
    assert visitor().ask("/rules/").status == 404
    publish_rules("Be *kind*.", actor=None)
    publish_rules("Be kinder.", actor=None)
    assert [rules.version for rules in HouseRules.objects.all()] == [2, 1]
    now, before = visitor().ask("/rules/").text, visitor().ask("/rules/1/").text
    assert "<p>Be kinder.</p>" in now
    assert 'href="/rules/1/"' in now
    assert "Be <em>kind</em>." in before
    assert "They hold no longer" in before
    assert visitor().ask("/rules/3/").status == 404


def test_what_is_no_text_is_no_version(db: None) -> None:
    with pytest.raises(Invalid):
        publish_rules(" ", actor=None)
    assert current_rules() is None


def test_a_new_forum_begins_with_eight_short_rules_once(db: None) -> None:
    assert create_first_rules() is True
    assert create_first_rules() is False
    rules = current_rules()
    assert rules is not None
    assert rules.html.count("<li>") == 8
    assert "Nobody is told to stay or to go" in rules.html
    assert 'href="/rules/"' in visitor().ask("/").text


def test_rules_are_written_at_the_desk_from_those_of_today_and_changed_by_nobody(moderator: User) -> None:
    publish_rules("Be kind.", actor=None)
    desk = sign_in(Client(), moderator)
    assert "Be kind." in desk.get("/admin/forum/houserules/add/").content.decode()
    assert desk.post("/admin/forum/houserules/add/", {"text": " "}).status_code == 200
    assert desk.post("/admin/forum/houserules/add/", {"text": "Be kinder. <script>x</script>"}).status_code == 302
    rules = current_rules()
    assert rules is not None
    assert (rules.version, "<script" in rules.html) == (2, False)
    assert desk.post(f"/admin/forum/houserules/{rules.pk}/change/", {"text": "No."}).status_code == 403
    assert desk.get(f"/admin/forum/houserules/{rules.pk}/delete/").status_code == 403


# --- Agreeing ---------------------------------------------------------------------------------------------------------


def test_whoever_signs_up_has_seen_the_rules_and_agreed(db: None) -> None:
    publish_rules("Be kind.", actor=None)
    client = Client()
    page = client.get("/accounts/signup/").content.decode()
    assert "Be kind." in page
    assert "By signing up you agree" in page
    client.post("/accounts/signup/", {"username": "amber thicket", "password1": "seven calm herons wade"})
    member = User.objects.get()
    assert agreed_version(member) == 1
    assert rules_to_agree_to(member) is None


def test_a_member_is_asked_again_before_the_next_post_and_for_nothing_else(member: User, category: Category) -> None:
    post = written_by(member, category)  # there are no rules yet
    publish_rules("Be kind.", actor=None)
    for voice in (SpeaksAs.PSEUDONYM, SpeaksAs.THREAD_PSEUDONYM):
        with pytest.raises(RulesChanged):
            start_thread(category, actor=Speaker(voice, member), title="A title", text="Words.")
    agree_to_rules(member, 1)
    written_by(member, category)
    publish_rules("Be kinder.", actor=None)
    with pytest.raises(RulesChanged):
        written_by(member, category)
    # One's own words stay one's own, whatever the rules are (safety.md D4).
    post = edit_post(post, actor=Reader(member), version=post.version, title="A title", text="Other words.")
    withdraw_post(post, actor=Reader(member))
    erase_post(Post.objects.select_related("thread__category").get(pk=post.pk), actor=Reader(member))


def test_whoever_agreed_to_none_yet_is_not_told_that_they_changed(member: User, category: Category) -> None:
    """Whoever was made by a command, and never signed up."""
    publish_rules("Be kind.", actor=None)
    with pytest.raises(RulesChanged) as first:
        written_by(member, category)
    assert str(first.value.text).startswith("Please read the house rules")
    agree_to_rules(member, 1)
    publish_rules("Be kinder.", actor=None)
    with pytest.raises(RulesChanged) as second:
        written_by(member, category)
    assert str(second.value.text).startswith("The house rules have changed.")
    assert Post.objects.count() == 0


def test_only_the_rules_of_today_can_be_agreed_to(member: User) -> None:
    for text in ("Be kind.", "Be kinder."):
        publish_rules(text, actor=None)
    with pytest.raises(RulesChanged):
        agree_to_rules(member, 1)
    with pytest.raises(NotFound):
        agree_to_rules(member, 3)
    assert agreed_version(member) == 0
    agree_to_rules(member, 2)
    agree_to_rules(member, 2)
    assert agreed_version(member) == 2


def test_guests_are_asked_nothing(category: Category) -> None:
    publish_rules("Be kind.", actor=None)
    assert start_thread(category, actor=GUEST, title="A title", text="Words.").post.pk
    page = visitor().ask("/new/").text
    assert "By sending you agree to our" in page
    assert "agree_" not in page


def test_that_and_when_somebody_agreed_is_in_no_row_that_names_them(member: User) -> None:
    publish_rules("Be kind.", actor=None)
    before = dump_tables()
    agree_to_rules(member, 1)
    after = dump_tables()
    assert {table for table in after if after[table] != before[table]} == {"accounts_sealedrecord"}
    assert SealedRecord.objects.filter(forget_on=None).count() == len(after["accounts_sealedrecord"])


# --- The composer -----------------------------------------------------------------------------------------------------


def test_the_composer_asks_beside_the_words_and_loses_none(member: User, category: Category) -> None:
    written_by(member, category)
    publish_rules("Be kind.", actor=None)
    client = sign_in(Client(), member)
    page = client.get("/new/").content.decode()
    assert "Be kind." in page
    assert 'name="agree_1"' in page

    refused = compose(client, category)
    assert refused.status_code == 400
    assert WORDS in refused.content.decode()
    assert "Please read the house rules and say that you agree" in refused.content.decode()

    publish_rules("Be kinder.", actor=None)
    asked_anew = compose(client, category, agree_1="on")
    assert asked_anew.status_code == 400
    assert WORDS in asked_anew.content.decode()
    assert 'name="agree_2"' in asked_anew.content.decode()

    assert compose(client, category, agree_2="on").status_code == 302
    assert agreed_version(member) == 2
    assert 'name="agree_2"' not in client.get("/new/").content.decode()


def test_words_can_be_kept_for_later_without_agreeing(member: User, category: Category) -> None:
    publish_rules("Be kind.", actor=None)
    client = sign_in(Client(), member)
    assert compose(client, category, do="keep").status_code == 302
    assert agreed_version(member) == 0


# --- The API ----------------------------------------------------------------------------------------------------------


def test_an_app_reads_the_rules_agrees_and_sends_again(member: User, category: Category) -> None:
    publish_rules("Be *kind*.", actor=None)
    app = in_an_app(member)
    story = {"category_id": category.public_id, "title": "A title", "text": WORDS}
    refused = app.ask("/api/v1/threads/", "POST", data=story)
    assert refused.status == 409
    assert '"code":"house-rules-changed"' in refused.text.replace(" ", "")
    shown = visitor().ask("/api/v1/house-rules/").text
    assert '"version":1' in shown
    assert '"text":"Be *kind*."' in shown
    assert app.ask("/api/v1/house-rules/agreement/").text == '{"agreed":0}'
    assert app.ask("/api/v1/house-rules/agreement/", "PUT", data={"version": 1}).status == 204
    assert app.ask("/api/v1/house-rules/agreement/").text == '{"agreed":1}'
    assert app.ask("/api/v1/threads/", "POST", data=story).status == 201
    publish_rules("Be kinder.", actor=None)
    assert app.ask("/api/v1/house-rules/agreement/", "PUT", data={"version": 1}).status == 409
    assert '"text":"Be *kind*."' in visitor().ask("/api/v1/house-rules/1/").text
    assert visitor().ask("/api/v1/house-rules/agreement/").status == 401


def test_agreeing_costs_a_member_two_queries_and_a_visitor_none(
    member: User, django_assert_num_queries: object
) -> None:
    publish_rules("Be kind.", actor=None)
    with django_assert_num_queries(2):  # type: ignore[operator]
        rules_to_agree_to(member)
    assert signed_in(member).ask("/rules/").status == 200
