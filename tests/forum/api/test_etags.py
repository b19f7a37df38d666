"""An ETag changes with what the body says, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from forum.authorship import Reader
from forum.models import Category, ContentNote, Post, ReactionKind
from forum.queries import thread_for
from forum.services.arranging import arrange_thread, move_thread
from forum.services.branches import lock_branch, unlock_branch
from forum.services.content_notes import create_first_notes, set_team_notes
from forum.services.pausing import pause_replies
from forum.services.posts import edit_post
from forum.services.reactions import give_reaction
from forum.services.visibility import hide_post, hold_post, remembering, take_back, tell_author
from forum.services.wishes import change_wish
from tests.personas import answered_by, sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
JSON = "application/json"


class World:
    def __init__(self, author: User, other: User, moderator: User, category: Category) -> None:
        self.author, self.other, self.moderator = author, other, moderator
        self.category = category
        self.story = written_by(author, category)
        self.reply = answered_by(author, self.story, text="More of it.")
        self.readers = {
            "visitor": Client(),
            "author": sign_in(Client(), author),
            "other": sign_in(Client(), other),
            "moderator": sign_in(Client(), moderator),
        }
        thread = self.story.thread.public_id
        self.addresses = [
            f"/api/v1/posts/{self.story.public_id}/",
            f"/api/v1/posts/{self.reply.public_id}/",
            f"/api/v1/threads/{thread}/",
        ]

    def read(self) -> dict[tuple[str, str], Any]:
        return {
            (name, address): client.get(address) for name, client in self.readers.items() for address in self.addresses
        }

    def fresh(self, post: Post) -> Post:
        return Post.objects.select_related("thread__category").get(pk=post.pk)

    def arrange(self, **changed: Any) -> None:
        thread = self.fresh(self.story).thread
        now = {name: getattr(thread, name) for name in ("is_pinned", "slow_minutes")}
        arrange_thread(thread, actor=self.moderator, **(now | changed))

    def move(self) -> None:
        elsewhere = Category.objects.create(title="Elsewhere")
        move_thread(self.fresh(self.story).thread, actor=self.moderator, category=elsewhere)

    def edit(self) -> None:
        post = self.fresh(self.reply)
        edit_post(post, actor=Reader(self.author), version=post.version, title="", text="Less of it.")

    def hide_and_undo(self) -> None:
        post = self.fresh(self.reply)
        with remembering(post) as memento:
            hide_post(post, actor=self.moderator, word="Not this.")
        take_back(post, memento, actor=self.moderator)


def note_kept() -> ContentNote:
    create_first_notes()
    return ContentNote.objects.all()[0]


CHANGES: dict[str, Callable[[World], object]] = {
    "a branch is locked": lambda world: lock_branch(world.reply, actor=world.moderator),
    "a thread is locked": lambda world: lock_branch(world.story, actor=world.moderator),
    "a thread is pinned": lambda world: world.arrange(is_pinned=True),
    "a thread is slow": lambda world: world.arrange(slow_minutes=5),
    "a thread is moved": World.move,
    "replies are paused": lambda world: pause_replies(world.fresh(world.story), actor=Reader(world.author)),
    "a note is put on": lambda world: set_team_notes(world.fresh(world.reply), [note_kept()], actor=world.moderator),
    "a wish is asked": lambda world: change_wish(
        thread_for(Reader(world.author), world.story.thread.public_id),
        actor=Reader(world.author),
        wish="law",
        limits=[],
    ),
    "somebody reacts": lambda world: give_reaction(
        world.fresh(world.reply), ReactionKind.BELIEVE, actor=Reader(world.other)
    ),
    "its author is told something": lambda world: tell_author(world.reply, actor=world.moderator, word="A word."),
    "words change": World.edit,
    "it is hidden": lambda world: hide_post(world.reply, actor=world.moderator, word="Not this."),
    "the story waits": lambda world: hold_post(world.story, actor=None),
}


@pytest.fixture
def world(trusted_member: User, other_member: User, moderator: User, category: Category) -> World:
    return World(trusted_member, other_member, moderator, category)


@pytest.mark.parametrize("change", CHANGES)
def test_it_changes_exactly_when_the_body_does(world: World, change: str) -> None:
    before = world.read()
    CHANGES[change](world)
    told = set()
    for place, then in before.items():
        name, address = place
        known = then.headers.get("ETag", "")
        now = world.readers[name].get(address)
        asked = world.readers[name].get(address, headers={"If-None-Match": known or '"none"'})
        is_same = (now.status_code, now.content) == (then.status_code, then.content)
        assert (now.headers.get("ETag", "") == known) == is_same, place
        assert (asked.status_code == 304) == (is_same and now.status_code == 200), place
        if not is_same:
            told.add(name)
    assert told, "a change that nobody reads tries nothing"


def test_a_word_to_the_author_changes_it_for_nobody_who_does_not_read_it(world: World) -> None:
    before = world.read()
    tell_author(world.reply, actor=world.moderator, word="A word.")
    after = world.read()
    changed = {place[0] for place in before if before[place].headers["ETag"] != after[place].headers["ETag"]}
    assert changed == {"author", "moderator"}


def test_what_was_undone_leaves_no_trace_in_it(world: World) -> None:
    before = world.read()
    world.hide_and_undo()
    after = world.read()
    assert {place: answer.headers["ETag"] for place, answer in before.items()} == {
        place: answer.headers["ETag"] for place, answer in after.items()
    }


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("a branch is locked", 200),
        ("somebody reacts", 200),
        ("a thread is moved", 200),
        ("a note is put on", 412),
        ("words change", 412),
    ],
)
def test_only_a_change_of_the_post_itself_stops_its_author(world: World, change: str, status: int) -> None:
    me, address = world.readers["author"], world.addresses[1]
    known = me.get(address).headers["ETag"]
    CHANGES[change](world)
    answer = me.patch(address, {"text": "Without the name."}, content_type=JSON, headers={"If-Match": known})
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["ETag"] == me.get(address).headers["ETag"] != known


def test_a_branch_that_is_open_again_is_read_anew(world: World) -> None:
    lock_branch(world.reply, actor=world.moderator)
    reader, address = world.readers["other"], world.addresses[1]
    locked = reader.get(address)
    unlock_branch(world.reply, actor=world.moderator)
    again = reader.get(address, headers={"If-None-Match": locked.headers["ETag"]})
    assert (locked.json()["can_reply"], again.status_code, again.json()["can_reply"]) == (False, 200, True)
