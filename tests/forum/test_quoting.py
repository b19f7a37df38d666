"""A quote says what stands there, and is there for whoever may read that, as long as it stands."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from accounts.identity import identity_of
from common.errors import Invalid, NotFound
from forum.authorship import VISITOR, Reader, Speaker, SpeaksAs
from forum.models import Category, ContentNote, IdempotencyRecord, Post, Quote
from forum.queries import ShownQuote, post_for, posts_page, search_page, show_post, thread_for
from forum.services import own_data
from forum.services.anonymity import open_member
from forum.services.blocking import block_author
from forum.services.burning import burn_name
from forum.services.exchange import export_forum
from forum.services.exchange_import import import_forum
from forum.services.posts import change_notes, edit_post, reply_to, start_thread
from forum.services.quoting import MAX_PASSAGE_CHARS, QuoteNotThere, clean_passage, is_said
from forum.services.visibility import erase_post, hide_post, publish_post, withdraw_post
from forum.text import clean_source, render_post, words_as_read
from forum.visit import with_unseen
from moderation.services.cases import open_case
from tests.forum.building import taken_back
from tests.house.doors import signed_in
from tests.personas import answered_by, make_member, sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
WORDS = "He said *it was nothing*.\n\nI knew   better."
PASSAGE = "it was nothing. I knew better."


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category, text=WORDS)


@pytest.fixture
def replier(other_member: User, category: Category) -> User:
    publish_post(written_by(other_member, category), actor=None)
    return other_member


def quoting(parent: Post, member: User, passage: str = PASSAGE, quoted: Post | None = None) -> Post:
    speaker = Speaker(SpeaksAs.PSEUDONYM, member)
    return reply_to(parent, actor=speaker, text="So did I.", passage=passage, quoted=quoted).post


def shown_to(reader: Reader, reply: Post) -> ShownQuote | None:
    return show_post(reader, post_for(reader, reply.public_id), None).quote


def test_it_is_said_under_the_name_of_whoever_said_it(story: Post, trusted_member: User, replier: User) -> None:
    reply = quoting(story, replier, "  it was   nothing.\nI knew better. ")
    quote = shown_to(VISITOR, reply)
    assert quote is not None
    assert (quote.passage, quote.name, quote.post_id) == (PASSAGE, trusted_member.pseudonym, story.public_id)
    assert "nothing" not in Post.objects.get(pk=reply.pk).source


@pytest.mark.parametrize("passage", ["it was something", "IT WAS NOTHING", "I knew better. He said"])
def test_what_was_not_said_so_is_refused(story: Post, replier: User, passage: str) -> None:
    with pytest.raises(QuoteNotThere) as refused:
        quoting(story, replier, passage)
    assert "passage" in refused.value.fields
    assert not Quote.objects.exists()
    assert not story.answers.exists()


def test_one_that_is_too_long_or_has_no_words(story: Post, replier: User) -> None:
    with pytest.raises(Invalid):
        quoting(story, replier, "x" * (MAX_PASSAGE_CHARS + 1))
    assert shown_to(VISITOR, quoting(story, replier, " \n ")) is None


def test_another_post_of_the_thread_and_none_of_another(story: Post, trusted_member: User, replier: User) -> None:
    first = answered_by(trusted_member, story, text="Nobody believed me.")
    quote = shown_to(VISITOR, quoting(story, replier, "Nobody believed me.", quoted=first))
    assert quote is not None
    assert quote.post_id == first.public_id
    elsewhere = written_by(trusted_member, story.thread.category, text="Nobody believed me.")
    posts = Post.objects.count()
    with pytest.raises(NotFound):
        quoting(story, replier, "Nobody believed me.", quoted=elsewhere)
    assert Post.objects.count() == posts


# --- It follows what it quotes ----------------------------------------------------------------------------------------


def test_it_goes_and_comes_with_what_it_quotes(
    story: Post, trusted_member: User, replier: User, moderator: User
) -> None:
    reply = quoting(story, replier)
    withdraw_post(story, actor=Reader(trusted_member))
    for reader in (VISITOR, Reader(replier)):
        assert shown_to(reader, reply) == ShownQuote()
    for reader in (Reader(trusted_member), Reader(moderator, is_moderator=True)):
        quote = shown_to(reader, reply)
        assert quote is not None
        assert quote.passage == PASSAGE


def test_what_is_taken_down_is_not_quoted(story: Post, replier: User, moderator: User) -> None:
    first = answered_by(replier, story, text="It names a street.")
    reply = quoting(first, replier, "names a street")
    hide_post(first, actor=moderator, word="A street.")
    assert shown_to(VISITOR, reply) == ShownQuote()


def test_what_is_erased_is_gone_from_every_row(story: Post, trusted_member: User, replier: User) -> None:
    reply = quoting(story, replier)
    erase_post(story, actor=Reader(trusted_member))
    assert Quote.objects.get().passage == ""
    assert shown_to(VISITOR, reply) == ShownQuote()


def test_a_reply_that_is_erased_leaves_no_quote(story: Post, replier: User) -> None:
    erase_post(quoting(story, replier), actor=Reader(replier))
    assert not Quote.objects.exists()


def test_what_is_edited_away_is_gone_and_what_stays_is_not(story: Post, trusted_member: User, replier: User) -> None:
    stays, goes = quoting(story, replier, "I knew better."), quoting(story, replier, "it was nothing")
    edit_post(story, actor=Reader(trusted_member), version=story.version, title="T", text="I knew better. Always.")
    kept = shown_to(VISITOR, stays)
    assert kept is not None
    assert kept.passage == "I knew better."
    assert shown_to(VISITOR, goes) == ShownQuote()
    assert Quote.objects.get(post=goes.pk).passage == ""


def test_who_is_kept_from_the_words_is_kept_from_the_quote(
    story: Post, replier: User, trusted_member: User, member: User, category: Category
) -> None:
    speaker = Speaker(SpeaksAs.GUEST)
    first = publish_post(reply_to(story, actor=speaker, text="The sentinel words.").post, actor=None)
    reply = quoting(Post.objects.select_related("thread__category").get(pk=first.pk), replier, "The sentinel words.")
    block_author(post_for(Reader(trusted_member), first.public_id), actor=Reader(trusted_member))
    assert shown_to(with_unseen(Reader(trusted_member)), reply) == ShownQuote()
    quote = shown_to(with_unseen(Reader(replier)), reply)
    assert quote is not None
    assert quote.is_readable


def test_a_name_that_was_let_go_is_nobodys_in_the_quote_too(member: User, replier: User, category: Category) -> None:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, member)
    story = publish_post(start_thread(category, actor=speaker, title="T", text=WORDS).post, actor=None)
    reply = quoting(Post.objects.select_related("thread__category").get(pk=story.pk), replier)
    opened = Reader(member, opened=open_member(member).pseudonyms)
    burn_name(story, actor=opened, owners={identity_of(member)})
    quote = shown_to(VISITOR, reply)
    assert quote is not None
    assert story.thread_pseudonym is not None
    assert quote.name == story.thread_pseudonym.name  # as the post itself, which joins it to nobody
    Post.objects.filter(pk=story.pk).update(thread_pseudonym=None)
    unnamed = shown_to(VISITOR, reply)
    assert unnamed is not None
    assert unnamed.name == "someone"


def test_no_word_of_it_is_found_through_the_reply(story: Post, trusted_member: User, replier: User) -> None:
    quoting(story, replier)
    assert [hit.id for hit in search_page(VISITOR, "nothing").hits] == [story.public_id]
    withdraw_post(story, actor=Reader(trusted_member))
    assert search_page(VISITOR, "nothing").hits == []


def test_whoever_leaves_takes_the_words_along_and_brings_them_back(
    story: Post, trusted_member: User, replier: User
) -> None:
    reply = quoting(story, replier)
    of_story = identity_of(trusted_member)
    archive = json.loads(json.dumps(own_data.archive_of(of_story, [])))
    for _step in own_data.erase(of_story, keep_words=False):
        pass
    assert Quote.objects.get().passage == ""
    own_data.restore(of_story, archive)
    assert Quote.objects.get().passage == PASSAGE
    of_reply = identity_of(replier)
    archive = json.loads(json.dumps(own_data.archive_of(of_reply, [])))
    for _step in own_data.erase(of_reply, keep_words=False):
        pass
    assert not Quote.objects.exists()
    own_data.restore(of_reply, archive)
    assert Quote.objects.get().post_id == reply.pk


def test_a_page_asks_no_more_for_many_quotes(story: Post, trusted_member: User, replier: User) -> None:
    def asked() -> int:
        thread = thread_for(VISITOR, story.thread.public_id)
        with CaptureQueriesContext(connection) as queries:
            page = posts_page(VISITOR, thread)
        assert [post.quote is not None for post in page.posts[1:]].count(False) == 0
        return len(queries)

    quoting(story, replier)
    few = asked()
    for _reply in range(10):
        quoting(story, trusted_member, "I knew better.")
    assert asked() == few


def test_a_quote_of_what_carries_a_note_is_opened_on_purpose_and_left_out_where_it_is_filtered(
    client: Client, story: Post, trusted_member: User, replier: User
) -> None:
    note = ContentNote.objects.create(title="violence", position=90)
    reply = quoting(story, replier)
    change_notes(story, actor=Reader(trusted_member), notes=[note])
    quote = shown_to(VISITOR, reply)
    assert quote is not None
    assert ([each.id for each in quote.notes], quote.passage) == ([note.public_id], PASSAGE)
    left_out = shown_to(Reader(filtered=frozenset({note.pk})), reply)
    assert left_out is not None
    assert (left_out.is_filtered, left_out.passage, left_out.name) == (True, "", "")
    page = client.get(reverse("forum:thread-detail", args=[story.thread.public_id])).content.decode()
    assert '<details class="quote">' in page


# --- In and out -------------------------------------------------------------------------------------------------------


def moved() -> tuple[str, list[Any]]:
    """The lines and the quotes of a forum that is not here any more."""
    with taken_back():
        category = Category.objects.create(title="Stories")
        author, other = make_member("calm river"), make_member("tall birch")
        for member in (author, other):
            publish_post(written_by(member, category), actor=None)
        story = written_by(author, category, text=WORDS)
        quoting(story, other)
        gone = answered_by(author, story, text="Gone words.")
        quoting(gone, other, "Gone words.")
        erase_post(gone, actor=Reader(author))
        return "".join(export_forum()), quotes()


def quotes() -> list[Any]:
    return sorted(Quote.objects.values_list("post__public_id", "quoted__public_id", "passage"))


def test_a_forum_that_moves_keeps_its_quotes() -> None:
    lines, before = moved()
    assert len(before) == 2
    import_forum(StringIO(lines), actor=None)
    assert quotes() == before
    assert "".join(export_forum()) == lines


def test_a_file_cannot_make_anybody_say_something() -> None:
    lines, _before = moved()
    with pytest.raises(Invalid):
        import_forum(StringIO(lines.replace(PASSAGE, "it was my fault.")), actor=None)
    assert not Post.objects.exists()


_MARKDOWN = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("  \n\n*_`>#-[]()&;<ab")), min_size=1, max_size=300
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=_MARKDOWN, ends=st.tuples(st.integers(0, 300), st.integers(0, 300)))
def test_whatever_part_of_whatever_text_can_be_quoted(text: str, ends: tuple[int, int]) -> None:
    try:
        source = clean_source(text)
    except Invalid:
        assume(False)
    post = Post(source=source, html=render_post(source))
    said = words_as_read(post.html)
    start, end = min(ends), max(ends)
    passage = clean_passage(said[start:end])
    assert is_said(passage, post)
    assert clean_passage(passage) == passage


# --- Doors ------------------------------------------------------------------------------------------------------------


def test_the_composer_shows_the_words_to_be_shortened_and_loses_nothing(
    client: Client, story: Post, trusted_member: User, replier: User
) -> None:
    sign_in(client, replier)
    thread = reverse("forum:thread-detail", args=[story.thread.public_id])
    composer = reverse("forum:post-reply", args=[story.public_id])
    assert f"{composer}?quote=1" in client.get(thread).content.decode()
    assert "it was nothing" in client.get(f"{composer}?quote=1").context["form"]["passage"].value()
    plain = client.get(composer).content.decode()
    assert 'type="hidden" name="passage"' in plain
    fields = {"text": "Sentinel words.", "form_key": "a-key-of-a-form", "speaks_as": "pseudonym"}
    refused = client.post(f"{composer}?quote=1", {**fields, "passage": "Words I made up."})
    assert refused.status_code == 400
    assert "Sentinel words." in refused.content.decode()
    assert "Words I made up." in refused.content.decode()
    assert "do not stand there as you quote them" in refused.content.decode()
    fields["form_key"] = "another-key-of-a-form"
    assert client.post(composer, {**fields, "passage": PASSAGE}).status_code == 302
    shown = client.get(thread).content.decode()
    assert PASSAGE in shown
    assert f"{trusted_member.pseudonym} wrote:" in shown
    erase_post(story, actor=Reader(trusted_member))
    shown = client.get(thread).content.decode()
    assert PASSAGE not in shown
    assert "A quote of something that is no longer here." in shown


def test_the_desk_shows_what_a_reply_quotes(story: Post, replier: User, moderator: User) -> None:
    case = open_case(quoting(story, replier), reasons=["premoderated"])
    assert PASSAGE in signed_in(moderator).ask(reverse("admin:moderation_case_change", args=[case.pk])).text


def test_the_api(story: Post, trusted_member: User, replier: User) -> None:
    author, somebody = signed_in(trusted_member), signed_in(replier)
    posts = reverse("api:thread-posts", args=[story.thread.public_id])
    refused = somebody.ask(posts, "POST", data={"text": "Words.", "quote": {"passage": "Never said."}})
    assert (refused.status, json.loads(refused.text)["code"]) == (400, "quote-not-there")
    quote: dict[str, Any] = {"post": story.public_id, "passage": PASSAGE}
    sent = somebody.ask(posts, "POST", data={"text": "Words.", "quote": quote})
    shown = json.loads(sent.text)["post"]
    assert (sent.status, shown["quote"]["passage"], shown["quote"]["is_readable"]) == (201, PASSAGE, True)
    place = reverse("api:post", args=[shown["id"]])
    known = somebody.ask(place).headers["etag"]
    assert IdempotencyRecord.objects.exclude(answer=b"").count() == 1
    erase_post(story, actor=Reader(trusted_member))
    assert not IdempotencyRecord.objects.exclude(answer=b"").exists()
    assert somebody.ask(place, "GET", data=None, network="", **{"If-None-Match": known}).status == 200
    assert PASSAGE not in somebody.ask(place).text
    assert json.loads(author.ask(place).text)["quote"]["is_readable"] is False
