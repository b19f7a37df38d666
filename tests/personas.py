"""The cast. Each is known by what they may do; names are used in journeys only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.anonymity import open_own, read_claim
from forum.services.posts import reply_to, start_thread
from moderation.models import Case, CaseState
from moderation.services.moderators import GROUP, create_moderator, leads, moderators

if TYPE_CHECKING:
    from accounts.models import User
    from moderation.models.case import CaseQuerySet

PASSWORD = "seven calm herons wade"


def make_member(name: str) -> User:
    from accounts.models import User

    return User.objects.create_user(name, PASSWORD)


@pytest.fixture
def category(db: None) -> Category:
    return Category.objects.create(title="Stories")


@pytest.fixture
def members_category(db: None) -> Category:
    return Category.objects.create(title="Among members", is_members_only=True)


@pytest.fixture
def member(db: None) -> User:
    return make_member("quiet harbour")


@pytest.fixture
def other_member(db: None) -> User:
    return make_member("copper lantern")


@pytest.fixture
def moderator(db: None) -> User:
    from accounts.models import User

    moderators()
    user = User.objects.create_user("desk one", PASSWORD, is_staff=True)
    from django.contrib.auth.models import Group

    user.groups.add(Group.objects.get(name=GROUP))
    return user


@pytest.fixture
def second(db: None) -> User:
    """Beside `moderator`."""
    other, _password = create_moderator("desk two")
    other.set_password(PASSWORD)
    other.save()
    return other


@pytest.fixture
def lead(moderator: User) -> User:
    """`moderator`, who leads."""
    moderator.groups.add(leads())
    return moderator


@pytest.fixture
def trusted_member(member: User, category: Category) -> User:
    """A member whose posts need no first look any more."""
    from forum.services.visibility import publish_post

    publish_post(written_by(member, category), actor=None)
    return member


def sign_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@dataclass(frozen=True, slots=True)
class GuestPost:
    post: Post
    code: str

    @property
    def reader(self) -> Reader:
        return Reader(opened=open_own(read_claim(self.code).guest).pseudonyms)


GUEST = Speaker(SpeaksAs.GUEST)


def written_by(member: User, category: Category, *, title: str = "A title", text: str = "Some words.") -> Post:
    speaker = Speaker(SpeaksAs.PSEUDONYM, member)
    return start_thread(category, actor=speaker, title=title, text=text).post


def written_by_guest(category: Category, *, title: str = "A title", text: str = "Some words.") -> GuestPost:
    written = start_thread(category, actor=GUEST, title=title, text=text)
    return GuestPost(written.post, written.claim_code)


def open_cases() -> CaseQuerySet:
    return Case.objects.filter(state=CaseState.OPEN).select_related("post__thread__category").most_pressing_first()


def let_words_leave() -> None:
    """As some seconds after every decision: what was decided is told, and undone no more."""
    from moderation.models import Undoing

    Post.objects.update(word_leaves_at=None)
    Undoing.objects.all().delete()


def answered_by(member: User, parent: Post, *, text: str = "I believe you.") -> Post:
    return reply_to(parent, actor=Speaker(SpeaksAs.PSEUDONYM, member), text=text).post
