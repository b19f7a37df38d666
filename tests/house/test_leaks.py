"""The leak table: every URL × every persona × every state of a post.

A URL that can show what somebody wrote has a row in ROWS or LISTS that says what it shows to whoever may read it. Every
other stands in NO_WORDS with the reason why it cannot. A URL without either fails, so that a new door gets its row.

Each post of the world carries sentinels: words that stand nowhere else. A row passes if exactly the sentinels come
back, in body and headers, that the persona may have by tests/who_sees_what.py; of every other post in the world none
may come that is not theirs. And what a persona may not see must look, byte for byte, like what is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.db import connection, transaction
from django.urls import reverse
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User
from common.public_id import ALPHABET, LENGTH, new_public_id
from crisis.models import Kind as ServiceKind
from crisis.models import Pin, Resource
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post, ThreadPseudonym
from forum.queries import tags_of
from forum.services.anonymity import new_claim_code
from forum.services.posts import edit_post, reply_to, start_thread
from forum.services.visibility import erase_post, hold_post, publish_post, withdraw_post
from forum.states import PostState
from moderation.models import Action, Case, Decision
from moderation.services.cases import open_case
from moderation.services.decisions import decide
from moderation.services.moderators import PERMISSIONS, moderators
from moderation.services.reports import report_post
from tests.house.doors import Answer, Somebody, guest, returning, signed_in, url_names, visitor
from tests.personas import PASSWORD, answered_by, make_member, written_by, written_by_guest
from tests.who_sees_what import ANSWERED, BARE, GUEST, MEMBERS, NAMED, PARTS, PSEUDONYMOUS, PUBLIC, STATES, expected

pytestmark = pytest.mark.django_db

PERSONAS = tuple(PARTS)
AUTHORS = {"author", "guest author"}


class Secret(StrEnum):
    TITLE = "t"
    BODY = "b"
    BEFORE = "o"  # what a post said before it was edited
    WORD = "w"  # what a moderator wrote to its author
    REPORT = "r"  # what a reader reported of it
    NAME = "n"  # the thread pseudonym
    PLACE = "p"  # that there is a post: its id


TITLE, BODY, BEFORE, WORD, REPORT, NAME, PLACE = Secret
NOTHING: frozenset[Secret] = frozenset()
PLACEHOLDER = frozenset({NAME, PLACE})
WORDS = frozenset({TITLE, BODY})
EVERYTHING = frozenset(Secret)

Found = frozenset[tuple[int, Secret]]


@dataclass(frozen=True, slots=True)
class Target:
    """One post of the world."""

    number: int
    post: Post
    state: PostState
    answered: str
    category: str
    name: str
    case: Case

    @property
    def is_opening(self) -> bool:
        return self.post.parent_id is None

    def __str__(self) -> str:
        place = "opening" if self.is_opening else "reply"
        return f"#{self.number} {self.state.value} {self.answered} {place}, {self.name}, {self.category}"


def sentinel(number: int, kind: Secret) -> str:
    return f"zq{number:03}{kind.value}x"


_SENTINEL = re.compile(r"zq(\d{3})([tbowrn])x")
_PUBLIC_ID = re.compile(rf"(?<![{ALPHABET}])[{ALPHABET}]{{{LENGTH}}}(?![{ALPHABET}])")


# --- The world --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class World:
    targets: list[Target]
    by_id: dict[str, int]
    categories: dict[str, Category]
    users: dict[str, User]
    codes: dict[str, str]
    objects: dict[str, int]  # something for every page of the admin

    def somebody(self, persona: str) -> Somebody:
        match persona:
            case "visitor":
                return visitor()
            case "other member":
                return signed_in(self.users["other"])
            case "author, by name":
                return signed_in(self.users["named"])
            case "author behind a thread pseudonym, opened":
                somebody = signed_in(self.users["masked"])
                assert somebody.ask("/mine/").status == 200
                return somebody
            case "author behind a thread pseudonym, not opened":
                return returning(self.users["masked"])
            case "guest with the code":
                return guest(self.codes["right"])
            case "guest with another code":
                return guest(self.codes["other"])
            case "member who opened a code too":
                somebody = signed_in(self.users["other"])
                assert somebody.ask("/claim/", "POST", data={"code": self.codes["right"]}).status == 302
                return somebody
            case "moderator":
                return signed_in(self.users["moderator"])
            case "staff without the permission":
                return signed_in(self.users["staff"])
        raise LookupError(persona)

    def found_in(self, *answers: Answer) -> Found:
        """Whose sentinels came back."""
        found = set()
        for answer in answers:
            text = answer.everything
            found |= {(int(number), Secret(kind)) for number, kind in _SENTINEL.findall(text)}
            found |= {(self.by_id[an_id], PLACE) for an_id in _PUBLIC_ID.findall(text) if an_id in self.by_id}
        return frozenset(found)

    def theirs(self, persona: str) -> Found:
        """Everything in the world that a persona may have, wherever it is shown."""
        return frozenset((target.number, kind) for target in self.targets for kind in may_have(persona, target))

    def near(self, persona: str, *, openings_only: bool = False) -> list[Target]:
        """Enough for one persona: an author's own posts; to the others all are alike, so half of them do."""
        targets = [target for target in self.targets if target.is_opening or not openings_only]
        own = [target for target in targets if PARTS[persona][target.name] in AUTHORS]
        return own or (targets if openings_only else [target for target in targets if target.number * 3 // 2 % 2])


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once. What a test changes in it is rolled back with the test."""
    cache.clear()
    with django_db_blocker.unblock(), transaction.atomic():
        made = _made()
        connection.check_constraints()  # now, so that nothing is pending when a test lays its triggers
        yield made
        transaction.set_rollback(True)


def _made() -> World:
    users = {name: make_member(f"{name} person") for name in ("named", "masked", "other", "kindly")}
    users["moderator"] = User.objects.create_user("desk one", PASSWORD, is_staff=True)
    users["moderator"].groups.add(moderators())
    users["staff"] = User.objects.create_user("desk two", PASSWORD, is_staff=True)
    users["staff"].user_permissions.set(_all_but_seeing_every_post())
    categories = {kind: Category.objects.create(title=kind) for kind in (PUBLIC, MEMBERS)}
    for name in ("named", "kindly"):
        publish_post(written_by(users[name], categories[PUBLIC]), actor=None)  # from now on they need no first look
    elsewhere = written_by_guest(categories[PUBLIC])
    codes = {"right": new_claim_code(), "other": elsewhere.code}
    speakers = {
        NAMED: Speaker(SpeaksAs.PSEUDONYM, users["named"]),
        PSEUDONYMOUS: Speaker(SpeaksAs.THREAD_PSEUDONYM, users["masked"]),
        GUEST: Speaker(SpeaksAs.GUEST, claim_code=codes["right"]),
    }
    names = (NAMED, PSEUDONYMOUS, GUEST)
    targets = []
    for number, (state, answered, kind, is_reply) in enumerate(
        product(STATES, (BARE, ANSWERED), (PUBLIC, MEMBERS), (False, True))
    ):
        name = names[(number + number // 4) % 3]  # so that each name meets every state, bare and answered
        targets.append(
            _target(number, state, answered, categories[kind], name, speakers[name], users, is_reply=is_reply)
        )
    categories[MEMBERS].is_members_only = True  # only now: a guest wrote there before
    categories[MEMBERS].save()
    service = Resource.objects.create(
        slug="zz-list", country="ZZ", name="List", kind=ServiceKind.DIRECTORY, web_url="https://example.org/"
    )
    return World(
        targets=targets,
        by_id={target.post.public_id: target.number for target in targets},
        categories=categories,
        users=users,
        codes=codes,
        objects={
            "moderation_case": targets[0].case.pk,
            "moderation_decision": Decision.objects.latest("pk").pk,
            "moderation_auditentry": 1,
            "forum_category": categories[PUBLIC].pk,
            "crisis_resource": service.pk,
            "crisis_pin": Pin.objects.create(resource=service).pk,
            "auth_group": Group.objects.get().pk,
        },
    )


def _all_but_seeing_every_post() -> list[Permission]:
    names = [name.split(".") for name in PERMISSIONS if name != "forum.see_every_post"]
    return [Permission.objects.get(content_type__app_label=app, codename=codename) for app, codename in names]


def _target(
    number: int,
    state: PostState,
    answered: str,
    category: Category,
    name: str,
    speaker: Speaker,
    users: dict[str, User],
    *,
    is_reply: bool,
) -> Target:
    """Written, edited, published, answered if it should be, then led into its state by the verbs that lead there."""
    before, title, body = (sentinel(number, kind) for kind in (BEFORE, TITLE, BODY))
    if is_reply:
        post = reply_to(written_by(users["kindly"], category), actor=speaker, text=f"{before} it said.").post
    else:
        post = start_thread(category, actor=speaker, title=before, text=f"{before} it said.").post
    ThreadPseudonym.objects.filter(pk=post.thread_pseudonym_id).update(name=sentinel(number, NAME))
    author = Reader(speaker.member, open_tags=tags_of(post))
    post = edit_post(post, actor=author, version=post.version, title=title, text=f"{body} it says.")
    if post.state != PostState.PUBLISHED:
        post = publish_post(post, actor=None)
    if answered == ANSWERED:
        answered_by(users["kindly"], post)
    match state:
        case PostState.HELD:
            post = hold_post(post, actor=None)
        case PostState.HIDDEN:
            _decided(post, Action.HIDE, users["moderator"], reason=sentinel(number, WORD))
        case PostState.RETURNED | PostState.WITHDRAWN | PostState.ERASED:
            _decided(post, Action.RETURN, users["moderator"], word=sentinel(number, WORD))
    post = Post.objects.select_related("thread__category", "thread_pseudonym", "parent").get(pk=post.pk)
    if state == PostState.WITHDRAWN:
        withdraw_post(post, actor=author)
    elif state == PostState.ERASED:
        erase_post(post, actor=author)
    report = report_post(post, actor=f"member:{users['other'].pk}", reason="OTHER", text=sentinel(number, REPORT))
    post = Post.objects.select_related("thread__category", "thread_pseudonym", "parent").get(pk=post.pk)
    assert post.state == state
    assert post.shown_children == int(answered == ANSWERED)
    return Target(number, post, state, answered, category.title, name, report.case)


def _decided(post: Post, action: Action, moderator: User, **words: str) -> None:
    case = open_case(post, reasons=["premoderated"])
    version = Post.objects.values_list("version", flat=True).get(pk=post.pk)
    decide(case, actor=moderator, action=action, post_version_read=version, **words)


# --- What is right ----------------------------------------------------------------------------------------------------


def letter(persona: str, target: Target) -> str:
    return expected(persona, target.name, target.category, target.answered, target.state)


def may_have(persona: str, target: Target) -> frozenset[Secret]:
    """In the forum itself."""
    part = PARTS[persona][target.name]
    kinds = set()
    if letter(persona, target) in {"p", "r"}:
        kinds |= PLACEHOLDER
    if letter(persona, target) == "r":
        kinds |= WORDS
        if part in AUTHORS or part == "moderator":
            kinds |= {BEFORE, WORD}
    if target.name == NAMED:
        kinds -= {NAME}
    if not target.is_opening:
        kinds -= {TITLE}
    if target.state in {PostState.HELD, PostState.PUBLISHED}:
        kinds -= {WORD}
    return frozenset(kinds)


def may_have_at_the_desk(persona: str, target: Target) -> frozenset[Secret]:
    """What readers reported, and what moderators themselves wrote, stay when the author's words are gone."""
    if persona != "moderator":
        return NOTHING
    word = NOTHING if target.state in {PostState.HELD, PostState.PUBLISHED} else {WORD}
    return may_have(persona, target) | {REPORT} | word


def sees_category(persona: str, category: str) -> bool:
    return category == PUBLIC or persona not in OUTSIDE


OUTSIDE = {"visitor", "guest with the code", "guest with another code"}


# --- The table --------------------------------------------------------------------------------------------------------

ANYBODY = frozenset(part for parts in PARTS.values() for part in parts.values())
ITS_AUTHOR = frozenset(AUTHORS)


@dataclass(frozen=True, slots=True)
class Row:
    """How one URL is asked for one post, and what it shows of it to whoever may have that.

    `shows`: exactly this comes back, as far as the persona may have it; of writing URLs at most this.
    `to`: whose URL it is; nobody else gets anything, or learns more than that they may not.
    """

    name: str
    url: Callable[[Target], str]
    shows: frozenset[Secret] = NOTHING
    to: frozenset[str] = ANYBODY
    method: str = "GET"
    data: Callable[[Target], dict[str, str]] | None = None
    of_thread: bool = False  # the URL is its thread's, not its own
    openings_only: bool = False
    note: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.method, self.name, self.note) if part)

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    def expected(self, persona: str, target: Target) -> frozenset[Secret]:
        if PARTS[persona][target.name] not in self.to:
            return NOTHING
        return may_have(persona, target) & self.shows

    def is_absent(self, persona: str, target: Target) -> bool:
        """Whether this address is nothing to this persona."""
        if self.of_thread and not target.is_opening:
            return not sees_category(persona, target.category)
        return letter(persona, target) == "-"


def _post(name: str, query: str = "") -> Callable[[Target], str]:
    return lambda target: reverse(name, args=[target.post.public_id]) + query


def _thread(name: str, query: str = "") -> Callable[[Target], str]:
    return lambda target: (
        reverse(name, args=[target.post.thread.public_id]) + query.format(post=target.post.public_id)
    )


def _text(_target: Target) -> dict[str, str]:
    return {"text": "Other words."}


POST = WORDS | PLACEHOLDER | {WORD}  # a post, as the API shows it

ROWS = (
    # The API, reading.
    Row("api:thread", _thread("api:thread"), POST, of_thread=True, openings_only=True),
    Row("api:thread-posts", _thread("api:thread-posts"), POST, of_thread=True),
    Row("api:thread-posts", _thread("api:thread-posts", "?view=flat"), POST, of_thread=True, note="flat"),
    Row("api:thread-posts", _thread("api:thread-posts", "?branch={post}"), POST, note="branch"),
    Row("api:post", _post("api:post"), POST),
    Row("api:post-revisions", _post("api:post-revisions"), frozenset({BEFORE}), to=ITS_AUTHOR | {"moderator"}),
    # The API, writing.
    Row("api:thread-posts", _thread("api:thread-posts"), PLACEHOLDER, method="POST", data=_text, of_thread=True),
    Row(
        "api:thread-posts",
        _thread("api:thread-posts"),
        PLACEHOLDER,
        method="POST",
        data=lambda target: {"text": "Other words.", "parent_id": target.post.public_id},
        note="to it",
    ),
    Row("api:post", _post("api:post"), POST, to=ITS_AUTHOR, method="PATCH"),
    Row("api:post", _post("api:post"), to=ITS_AUTHOR, method="DELETE"),
    Row("api:post-withdrawal", _post("api:post-withdrawal"), POST, to=ITS_AUTHOR, method="PUT"),
    Row("api:post-withdrawal", _post("api:post-withdrawal"), POST, to=ITS_AUTHOR, method="DELETE"),
    Row(
        "api:post-reaction",
        lambda target: reverse("api:post-reaction", args=[target.post.public_id, "BELIEVE"]),
        method="PUT",
    ),
    Row(
        "api:post-reaction",
        lambda target: reverse("api:post-reaction", args=[target.post.public_id, "BELIEVE"]),
        method="DELETE",
    ),
    Row("api:post-reports", _post("api:post-reports"), method="POST", data=lambda _target: {"reason": "OTHER"}),
)


def _absent(row: Row, target: Target) -> str:
    """The same URL for something that was never there."""
    there = target.post.thread.public_id if row.of_thread else target.post.public_id
    return row.url(target).replace(there, new_public_id())


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("row", [row for row in ROWS if not row.writes], ids=str)
def test_each_url_shows_each_persona_what_is_theirs_and_nothing_else(world: World, row: Row, persona: str) -> None:
    somebody = world.somebody(persona)
    theirs = world.theirs(persona)
    wrong = []
    for target in world.near(persona, openings_only=row.openings_only):
        answer = somebody.ask(row.url(target))
        found = world.found_in(answer)
        of_it = {kind for number, kind in found if number == target.number}
        if of_it != row.expected(persona, target):
            wrong.append(f"{target}: {answer.status}, {_list(of_it)}, should be {_list(row.expected(persona, target))}")
        if found - theirs:
            wrong.append(f"{target}: shows of others {_list(found - theirs)}")
        if row.is_absent(persona, target) and answer.comparable != somebody.ask(_absent(row, target)).comparable:
            wrong.append(f"{target}: {answer.status} is not what an absent one answers")
    assert not wrong


def _list(found: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, found))) or "nothing"
