"""Content notes and filters over the API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from forum.models import CarriedNote, Category, ContentNote, Post
from forum.services.content_notes import create_first_notes, put_notes
from moderation.audit import problems
from moderation.models import AuditEntry
from tests.house.doors import guest, in_an_app, signed_in, visitor
from tests.personas import written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User
    from tests.house.doors import Somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(db: None) -> ContentNote:
    create_first_notes()
    return ContentNote.objects.earliest("position")


@pytest.fixture
def story(trusted_member: User, category: Category, note: ContentNote) -> Post:
    post = written_by(trusted_member, category, title="Evenings", text="Sentinel words.")
    put_notes(post, [note], is_by_moderator=False)
    return post


def asked(somebody: Somebody, path: str, method: str = "GET", **options: Any) -> Any:
    answer = somebody.ask(f"/api/v1/{path}", method, **options)
    assert answer.status < 300, answer.text
    return json.loads(answer.text)


def titles(somebody: Somebody, query: str = "") -> list[str]:
    """Of the one story that carries a note, if it is there."""
    found = [thread["title"] for thread in asked(somebody, f"threads/{query}")["threads"]]
    return [title for title in found if title == "Evenings"]


def test_the_list_is_there_for_everybody(client: Client, note: ContentNote) -> None:
    notes = asked(visitor(), "content-notes/")["notes"]
    assert notes[0] == {"id": note.public_id, "title": "violence"}
    assert len(notes) == ContentNote.objects.count()


def test_a_story_and_a_reply_are_sent_with_notes(category: Category, note: ContentNote) -> None:
    body = {"category_id": category.public_id, "title": "T", "text": "Words.", "notes": [note.public_id]}
    post = asked(visitor(), "threads/", "POST", data=body)["post"]
    assert post["notes"] == [{"id": note.public_id, "title": "violence", "is_by_moderator": False}]


def test_an_unknown_note_is_refused_and_nothing_written(category: Category, note: ContentNote) -> None:
    body = {"category_id": category.public_id, "title": "T", "text": "Words.", "notes": ["none"]}
    answer = visitor().ask("/api/v1/threads/", "POST", data=body)
    assert (answer.status, "note-unknown" in answer.text) == (400, True)
    assert not Post.objects.exists()


def test_an_author_changes_them_and_an_old_version_is_refused(
    trusted_member: User, story: Post, note: ContentNote
) -> None:
    author = signed_in(trusted_member)
    etag = author.ask(f"/api/v1/posts/{story.public_id}/").headers["etag"]
    path = f"posts/{story.public_id}/notes/"
    assert asked(author, path, "PUT", data={"notes": []}, **{"If-Match": etag})["notes"] == []
    again = author.ask(f"/api/v1/{path}", "PUT", data={"notes": [note.public_id]}, **{"If-Match": etag})
    assert again.status == 412
    assert not CarriedNote.objects.exists()


def test_lists_tell_the_notes_and_no_excerpt(story: Post, note: ContentNote) -> None:
    thread = asked(visitor(), "threads/")["threads"][0]
    assert (thread["title"], thread["excerpt"]) == ("Evenings", "")
    assert thread["notes"] == [{"id": note.public_id, "title": "violence"}]
    (hit,) = asked(visitor(), "search/", "POST", data={"words": "sentinel"})["hits"]
    assert (hit["excerpt"], hit["notes"]) == ([], [{"id": note.public_id, "title": "violence"}])


# --- A filter ---------------------------------------------------------------------------------------------------------


def test_a_browser_and_an_app_keep_a_filter_for_the_visit(other_member: User, story: Post, note: ContentNote) -> None:
    for somebody in (visitor(), signed_in(other_member), in_an_app(other_member)):
        assert titles(somebody) == ["Evenings"]
        answer = asked(somebody, "filter/", "PUT", data={"without": [note.public_id]})
        assert answer == {"without": [{"id": note.public_id, "title": "violence"}]}
        assert titles(somebody) == []
        assert asked(somebody, "filter/") == answer
        asked(somebody, "filter/", "PUT", data={"without": []})
        assert titles(somebody) == ["Evenings"]


def test_a_claim_code_has_no_visit_and_says_it_with_each_request(
    category: Category, story: Post, note: ContentNote
) -> None:
    from tests.house.doors import Somebody

    holder = Somebody(claim_code=written_by_guest(category).code)
    assert holder.ask("/api/v1/filter/", "PUT", data={"without": [note.public_id]}).status == 401
    assert titles(holder) == ["Evenings"]
    assert titles(holder, f"?without={note.public_id}") == []
    assert holder.ask("/api/v1/threads/?without=none").status == 400


def test_what_is_left_out_has_no_words_in_a_conversation_and_has_them_alone(story: Post, note: ContentNote) -> None:
    query = f"?without={note.public_id}"
    (post,) = asked(visitor(), f"threads/{story.thread.public_id}/posts/{query}")["posts"]
    assert (post["is_filtered"], post["is_readable"], post["html"], post["title"]) == (True, False, "", "")
    assert (post["state"], post["notes"][0]["title"]) == ("PUBLISHED", "violence")
    alone = asked(visitor(), f"posts/{story.public_id}/{query}")
    assert (alone["is_filtered"], alone["title"]) == (False, "Evenings")


def test_a_filter_changes_the_version_of_what_is_read(story: Post, note: ContentNote) -> None:
    path = f"/api/v1/threads/{story.thread.public_id}/"
    unchanged: dict[str, Any] = {"If-None-Match": visitor().ask(path).headers["etag"]}
    assert visitor().ask(path, "GET", **unchanged).status == 304
    answer = visitor().ask(f"{path}?without={note.public_id}", "GET", **unchanged)
    assert (answer.status, "Evenings" in answer.text) == (200, False)


# --- Moderators -------------------------------------------------------------------------------------------------------


def test_a_moderator_puts_one_on_and_the_log_says_so(
    moderator: User, trusted_member: User, story: Post, note: ContentNote
) -> None:
    path = f"posts/{story.public_id}/team-notes/"
    post = asked(signed_in(moderator), path, "PUT", data={"notes": [note.public_id]})
    assert [each["is_by_moderator"] for each in post["notes"]] == [True]
    entry = AuditEntry.objects.latest("number")
    assert (entry.event, entry.facts) == ("post_noted", {"post": story.public_id, "notes": [note.public_id]})
    assert entry.moderator == moderator
    assert not list(problems())
    author = signed_in(trusted_member)
    assert asked(author, f"posts/{story.public_id}/notes/", "PUT", data={"notes": []})["notes"] != []


def test_nobody_else_does(
    trusted_member: User, other_member: User, category: Category, story: Post, note: ContentNote
) -> None:
    holder = guest(written_by_guest(category).code)
    before = AuditEntry.objects.count()
    for somebody in (visitor(), signed_in(other_member), signed_in(trusted_member), holder):
        answer = somebody.ask(f"/api/v1/posts/{story.public_id}/team-notes/", "PUT", data={"notes": [note.public_id]})
        assert answer.status == 403
    assert not CarriedNote.objects.filter(is_by_moderator=True).exists()
    assert AuditEntry.objects.count() == before
