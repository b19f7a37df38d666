"""The leak table: every URL, by every persona, by every state of a post.

A URL that can show what somebody wrote has a row in ROWS or LISTS that says what it shows to whoever may read it. Every
other stands in NO_WORDS with the reason why it cannot. A URL without either fails, so that a new door gets its row.

Each post of the world carries sentinels: words that stand nowhere else. A row passes if exactly the sentinels come
back, in body and headers, that the persona may have by tests/who_sees_what.py; of every other post in the world none
may come that is not theirs. And what a persona may not see must look, byte for byte, like what is not there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from accounts.identity import Identity, identity_of
from accounts.models import User
from common.days import today
from common.public_id import ALPHABET, LENGTH, new_public_id
from crisis.models import Kind as ServiceKind
from crisis.models import Pin, Resource
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, ContentNote, Notice, Post, ThreadPseudonym
from forum.queries import pseudonyms_of
from forum.services.anonymity import new_guest
from forum.services.blocking import block_author, hide_from_author
from forum.services.claims import make_code
from forum.services.content_notes import put_notes
from forum.services.house_rules import agree_to_rules, publish_rules
from forum.services.old_addresses import keep_old_addresses
from forum.services.posts import edit_post, reply_to, start_thread
from forum.services.visibility import erase_post, hold_post, publish_post, withdraw_post
from forum.states import PostState
from moderation.models import (
    Access,
    AccessRequest,
    Action,
    Batch,
    BatchItem,
    CannedReply,
    Case,
    Decision,
    Sanction,
    Seen,
    Statement,
)
from moderation.services.appeals import appeal_statement
from moderation.services.cases import open_case
from moderation.services.decisions import decide
from moderation.services.moderators import PERMISSIONS, moderators
from moderation.services.reports import report_post
from moderation.services.sanctions import Terms, sanction_author
from tests.house.doors import Answer, Somebody, guest, in_an_app, opened, returning, signed_in, url_names, visitor
from tests.personas import PASSWORD, answered_by, let_words_leave, make_member, written_by, written_by_guest
from tests.who_sees_what import ANSWERED, BARE, GUEST, MEMBERS, NAMED, PARTS, PSEUDONYMOUS, PUBLIC, STATES, expected

pytestmark = pytest.mark.django_db

PERSONAS = tuple(PARTS)
CHANGING = {"author", "guest author"}
AUTHORS = CHANGING | {"reading guest"}


class Secret(StrEnum):
    TITLE = "t"
    BODY = "b"
    BEFORE = "o"  # what a post said before it was edited
    WORD = "w"  # what a moderator wrote to its author
    MARK = "m"  # that its words are marked, where a moderator sent it back
    REPORT = "r"  # what a reader reported of it
    APPEAL = "a"  # what its author wrote to the team, to have it looked at again
    LOOK = "l"  # why two people of the team looked up which account wrote it
    NAME = "n"  # the thread pseudonym
    PLACE = "p"  # that there is a post: its id


TITLE, BODY, BEFORE, WORD, MARK, REPORT, APPEAL, LOOK, NAME, PLACE = Secret
UNDECIDED = {PostState.HELD, PostState.PUBLISHED, PostState.SCHEDULED}  # nobody wrote their author a word
NOTHING: frozenset[Secret] = frozenset()
PLACEHOLDER = frozenset({NAME, PLACE})
WORDS = frozenset({TITLE, BODY})

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


_SENTINEL = re.compile(r"zq(\d{3})([tbowraln])x")
_MARKED = re.compile(r"""(?:\(marked: </span>|"end": ?\d+, ?"text": ?")zq(\d{3})bx""")
_PUBLIC_ID = re.compile(rf"(?<![{ALPHABET}])[{ALPHABET}]{{{LENGTH}}}(?![{ALPHABET}])")


# --- The world --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class World:
    targets: list[Target]
    by_id: dict[str, int]
    categories: dict[str, Category]
    visits: dict[str, Somebody]  # by persona
    apps: dict[str, Somebody]
    objects: dict[str, int]  # something for every page of the admin

    def somebody(self, persona: str) -> Somebody:
        return self.visits[persona].again()

    def found_in(self, *answers: Answer) -> Found:
        """Whose sentinels came back."""
        found = set()
        for answer in answers:
            text = answer.everything
            found |= {(int(number), Secret(kind)) for number, kind in _SENTINEL.findall(text)}
            found |= {(int(number), MARK) for number in _MARKED.findall(text)}
            found |= {(self.by_id[an_id], PLACE) for an_id in _PUBLIC_ID.findall(text) if an_id in self.by_id}
        return frozenset(found)

    def theirs(self, persona: str, *, at_the_desk: bool) -> Found:
        """Everything in the world that a persona may have, wherever it is shown."""
        has = may_have_at_the_desk if at_the_desk else may_have
        return frozenset((target.number, kind) for target in self.targets for kind in has(persona, target))

    def near(self, persona: str, row: Row) -> list[Target]:
        """Enough for one persona: of an author's own posts, or to anybody else of all, one in each state.

        Two, a bare and an answered one, to those to whom most could leak, unless they are turned away anyhow.
        """
        targets = [target for target in self.targets if target.is_opening or not row.openings_only]
        targets = [target for target in targets if row.only_in in {"", target.state}]
        own = [target for target in targets if PARTS[persona][target.name] in AUTHORS]
        is_refused = not any(PARTS[persona][target.name] in row.to for target in own or targets)
        is_stranger = persona in {"visitor", "other member", "member it is hidden from"}  # to whom most could leak
        enough = 2 if is_stranger and not is_refused else 1
        return [target for state in STATES for target in _unlike(own or targets, state)[:enough]]


def _unlike(targets: list[Target], state: PostState) -> list[Target]:
    """A bare and an answered post in a state: another place and category each time, another one first."""
    turn = STATES.index(state)
    pair = []
    for how, shift in ((BARE, 0), (ANSWERED, 2)):
        if alike := [target for target in targets if (target.state, target.answered) == (state, how)]:
            pair.append(alike[(turn + shift) % len(alike)])
    return pair[::-1] if turn % 2 else pair


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once. What a test changes in it is rolled back with the test."""
    cache.clear()
    with django_db_blocker.unblock(), transaction.atomic():
        made = _made()
        connection.check_constraints()  # now, so that nothing is pending when a test lays its triggers
        yield made
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _password_stays_fresh(settings: Settings) -> None:
    """The world is made once, and on a slow machine its tests take longer than a password stays fresh."""
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 24 * 60 * 60
    settings.SESSION_IDLE_MINUTES = 24 * 60


def _made() -> World:
    users = {name: make_member(f"{name} person") for name in ("named", "masked", "other", "kindly", "kept", "keeper")}
    users["moderator"] = User.objects.create_user("desk one", PASSWORD, is_staff=True)
    users["moderator"].groups.add(moderators())
    users["staff"] = User.objects.create_user("desk two", PASSWORD, is_staff=True)
    users["staff"].user_permissions.set(_all_but_seeing_every_post())
    rules = publish_rules("Be kind.", actor=None)
    for user in users.values():
        agree_to_rules(user, rules.version)
    categories = {kind: Category.objects.create(title=kind, has_feed=True) for kind in (PUBLIC, MEMBERS)}
    for name in ("named", "kindly"):
        publish_post(written_by(users[name], categories[PUBLIC]), actor=None)  # from now on they need no first look
    elsewhere = written_by_guest(categories[PUBLIC])
    right = new_guest()
    reading = make_code(right, may_write=False)
    codes = {"right": right.code, "reading": reading.code, "other": elsewhere.code}
    speakers = {
        NAMED: Speaker(SpeaksAs.PSEUDONYM, users["named"]),
        PSEUDONYMOUS: Speaker(SpeaksAs.THREAD_PSEUDONYM, users["masked"]),
        GUEST: Speaker(SpeaksAs.GUEST, guest=right.guest),
    }
    names = (NAMED, PSEUDONYMOUS, GUEST)
    targets = []
    for number, (state, answered, kind, is_reply) in enumerate(
        each
        for each in product(STATES, (BARE, ANSWERED), (PUBLIC, MEMBERS), (False, True))
        if each[:2] != (PostState.SCHEDULED, ANSWERED)  # what never appeared was never answered
    ):
        name = names[(number + number // 4) % 3]  # so that each name meets every state, bare and answered
        targets.append(
            _target(number, state, answered, categories[kind], name, speakers[name], users, is_reply=is_reply)
        )
    categories[MEMBERS].is_members_only = True  # only now: a guest wrote there before
    categories[MEMBERS].save()
    _keep_away(users, right.guest, written_by(users["kept"], categories[PUBLIC]), targets)
    _sanctioned(targets, users["moderator"])
    _looked_up(targets, users["moderator"], users["staff"])
    service = Resource.objects.create(
        slug="zz-list", country="ZZ", name="List", kind=ServiceKind.DIRECTORY, web_url="https://example.org/"
    )
    notice = Notice.objects.create(text="Some words of the team.", shown_until=today())
    return World(
        targets=targets,
        by_id={target.post.public_id: target.number for target in targets},
        categories=categories,
        visits={
            "visitor": visitor(),
            "other member": signed_in(users["other"]),
            "author, by name": signed_in(users["named"]),
            "author behind a thread pseudonym, opened": opened(signed_in(users["masked"])),
            "author behind a thread pseudonym, not opened": returning(users["masked"]),
            "guest with the code": guest(codes["right"]),
            "guest with a reading-only code": guest(codes["reading"]),
            "guest with another code": guest(codes["other"]),
            "member who opened a code too": opened(signed_in(users["other"]), codes["right"]),
            "member it is hidden from": signed_in(users["kept"]),
            "member who blocks its author": signed_in(users["keeper"]),
            "moderator": signed_in(users["moderator"]),
            "staff without the permission": signed_in(users["staff"]),
        },
        apps={
            "author": in_an_app(users["named"]),
            "author behind a thread pseudonym": in_an_app(users["masked"]),
        },
        objects={
            "moderation_case": targets[0].case.pk,
            "moderation_decision": Decision.objects.latest("pk").pk,
            "moderation_auditentry": 1,
            "moderation_sanction": Sanction.objects.latest("pk").pk,
            "moderation_batch": _several(targets[:2], users["moderator"]).pk,
            "forum_category": categories[PUBLIC].pk,
            "forum_houserules": rules.pk,
            "forum_notice": notice.pk,
            "forum_thread": targets[0].post.thread_id,
            "forum_contentnote": ContentNote.objects.create(title="a note").pk,
            "moderation_cannedreply": CannedReply.objects.create(title="a beginning").pk,
            "crisis_resource": service.pk,
            "crisis_pin": Pin.objects.create(resource=service).pk,
            "auth_group": Group.objects.get().pk,
        },
    )


def _keep_away(users: dict[str, User], guest: Identity, of_the_kept: Post, targets: list[Target]) -> None:
    """All three authors keep one member from what they wrote; another member keeps all of their names away."""
    block_author(of_the_kept, actor=Reader(users["named"]))
    for author in (identity_of(users["masked"]), guest):
        hide_from_author(of_the_kept, actor=author, hides="everything")
    for target in targets:
        block_author(target.post, actor=Reader(users["keeper"]))


def _sanctioned(targets: list[Target], moderator: User) -> None:
    """Each hidden one with a word of its own, and nothing that keeps its author from writing in what follows."""
    for target in targets:
        if target.state == PostState.HIDDEN:
            terms = Terms("WARNING", sentinel(target.number, WORD))
            sanction_author(target.post, actor=moderator, terms=terms)
            target.post.refresh_from_db(fields=["version"])


def _looked_up(targets: list[Target], moderator: User, second: User) -> None:
    """Whatever was decided since, so no word of it is left with the post."""
    now = timezone.now()
    AccessRequest.objects.bulk_create(
        AccessRequest(
            access=Access.UNMASKING,
            post=target.post,
            reason=sentinel(target.number, LOOK),
            asked_by=moderator,
            asked_at=now,
            approved_by=second,
            approved_at=now,
            looked_at=now,
        )
        for target in targets
        if target.name != NAMED
    )


def _several(targets: list[Target], moderator: User) -> Batch:
    batch = Batch.objects.create(act="LEAVE", moderator=moderator, done_on=today())
    BatchItem.objects.bulk_create(
        [BatchItem(batch=batch, case=target.case, problem="case-taken") for target in targets]
    )
    return batch


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
    delay = 24 if state == PostState.SCHEDULED else 0
    if is_reply:
        parent = written_by(users["kindly"], category)
        post = reply_to(parent, actor=speaker, text=f"{before} it said.", delay_hours=delay).post
    else:
        post = start_thread(category, actor=speaker, title=before, text=f"{before} it said.", delay_hours=delay).post
    keep_old_addresses(post.thread, [_old(post)])
    ThreadPseudonym.objects.filter(posts=post).update(name=sentinel(number, NAME))
    author = Reader(speaker.member, opened=pseudonyms_of(post))
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
            statement = Statement.objects.select_related("post").get(post=post)
            appeal_statement(statement, actor=author, text=sentinel(number, APPEAL))
        case PostState.RETURNED | PostState.WITHDRAWN | PostState.ERASED:
            _decided(post, Action.RETURN, users["moderator"], word=sentinel(number, WORD), marks=[body])
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


def _decided(
    post: Post, action: Action, moderator: User, *, word: str = "", reason: str = "", marks: Iterable[str] = ()
) -> None:
    case = open_case(post, reasons=["premoderated"])
    case.post.refresh_from_db()
    decide(case, actor=moderator, action=action, seen=Seen.of(case), word=word, reason=reason, marks=[*marks])
    let_words_leave()


# --- What is right ----------------------------------------------------------------------------------------------------


def letter(persona: str, target: Target) -> str:
    where = (target.name, target.category, target.answered, target.state)
    return expected(persona, *where, is_opening=target.is_opening)


def may_have(persona: str, target: Target) -> frozenset[Secret]:
    """In the forum itself."""
    part = PARTS[persona][target.name]
    kinds: set[Secret] = set()
    if letter(persona, target) in {"p", "r"}:
        kinds |= PLACEHOLDER
    if letter(persona, target) == "r":
        kinds |= WORDS
        if part in AUTHORS or part == "moderator":
            kinds |= {BEFORE, WORD}
        if part in AUTHORS and target.state == PostState.RETURNED:
            kinds |= {MARK}
    if target.name == NAMED:
        kinds -= {NAME}
    if not target.is_opening:
        kinds -= {TITLE}
    if target.state in UNDECIDED:
        kinds -= {WORD}
    return frozenset(kinds)


def may_have_at_the_desk(persona: str, target: Target) -> frozenset[Secret]:
    """What readers reported, and what moderators themselves wrote, stay when the author's words are gone."""
    if persona != "moderator":
        return NOTHING
    word = NOTHING if target.state in UNDECIDED else {WORD}
    appeal = {APPEAL} if target.state == PostState.HIDDEN else NOTHING
    mark = {MARK} if target.state in {PostState.RETURNED, PostState.WITHDRAWN} else NOTHING
    look = NOTHING if target.name == NAMED else {LOOK}
    return may_have(persona, target) | {REPORT} | word | mark | appeal | look


def sees_category(persona: str, category: str) -> bool:
    return category == PUBLIC or persona not in OUTSIDE


OUTSIDE = {"visitor", "guest with the code", "guest with a reading-only code", "guest with another code"}


# --- The table --------------------------------------------------------------------------------------------------------

ANYBODY = frozenset(part for parts in PARTS.values() for part in parts.values())
ITS_AUTHOR = frozenset(AUTHORS)
WHO_CHANGES_IT = frozenset(CHANGING)


@dataclass(frozen=True, slots=True)
class Row:
    """How one URL is asked for one post, and what it shows of it to whoever may have that.

    `shows`: exactly this comes back, as far as the persona may have it, and `perhaps` that; of writing URLs at most.
    `to`: whose URL it is; nobody else gets more than `to_others`.
    """

    name: str
    url: Callable[[Target], str]
    shows: frozenset[Secret] = NOTHING
    perhaps: frozenset[Secret] = NOTHING
    to: frozenset[str] = ANYBODY
    to_others: frozenset[Secret] = NOTHING
    method: str = "GET"
    works: int = 200  # what it answers to whoever may do this
    data: Callable[[Target], dict[str, Any]] | None = None
    of_thread: bool = False  # the URL is its thread's, not its own
    openings_only: bool = False
    past_own_blocks: bool = False  # where a block began it is taken back
    only_in: str = ""  # a state: of posts in another there is nothing at this URL
    of_decisions: bool = False  # what the team said of it, also when the words are gone; of nothing decided, nothing
    note: str = ""
    worked_by: str = ""  # a persona who may do this, where the author by name may not

    def __str__(self) -> str:
        return " ".join(part for part in (self.method, self.name, self.note) if part)

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def is_at_the_desk(self) -> bool:
        return self.name.startswith(("admin:", "api:desk-"))

    @property
    def is_inside(self) -> bool:
        """Others' posts are there too, so an author whom the category shuts out is shut out of it."""
        return self.of_thread or self.note in {"branch", "at"}

    def seen_as(self, persona: str) -> str:
        return "other member" if self.past_own_blocks and persona == "member who blocks its author" else persona

    def most(self, persona: str, target: Target) -> frozenset[Secret]:
        if self.is_inside and not sees_category(persona, target.category):
            return NOTHING
        persona = self.seen_as(persona)
        has = may_have_at_the_desk if self.is_at_the_desk else may_have
        is_theirs = PARTS[persona][target.name] in self.to
        if self.of_decisions:
            decided = NOTHING if target.state in UNDECIDED else self.shows
            decided = decided if target.state == PostState.HIDDEN else decided - {APPEAL}  # of those alone
            looked_up = NOTHING if target.name == NAMED else self.shows & {LOOK}  # whatever was decided, or was not
            return decided - {LOOK} | looked_up | self.perhaps if is_theirs else self.to_others
        return has(persona, target) & (self.shows | self.perhaps if is_theirs else self.to_others)

    def least(self, persona: str, target: Target) -> frozenset[Secret]:
        return self.most(persona, target) - self.perhaps

    def is_absent(self, persona: str, target: Target) -> bool:
        """Whether this address is nothing to this persona. Who may not see the desk is sent to sign in."""
        if self.is_at_the_desk:
            return False
        if self.is_inside and not sees_category(persona, target.category):
            return True
        if self.of_thread and not target.is_opening:
            return False
        return letter(self.seen_as(persona), target) == "-"


def _post(name: str, query: str = "") -> Callable[[Target], str]:
    return lambda target: reverse(name, args=[target.post.public_id]) + query


def _thread(name: str, query: str = "") -> Callable[[Target], str]:
    return lambda target: reverse(name, args=[target.post.thread.public_id]) + query.format(post=target.post.public_id)


def _answer(name: str) -> Callable[[Target], str]:
    """Of what answers it, if something does: whoever began a conversation flags a reply."""

    def url(target: Target) -> str:
        answer = Post.objects.filter(parent=target.post.pk).first()
        return reverse(name, args=[(answer or target.post).public_id])

    return url


def _old(post: Post) -> str:
    return f"2019/05/{post.thread.public_id}"


def _text(_target: Target) -> dict[str, str]:
    return {"text": "Other words."}


def _no_text(_target: Target) -> dict[str, str]:
    return {"text": ""}


def _no_notes(_target: Target) -> dict[str, Any]:
    return {"notes": []}


def _kind(_target: Target) -> dict[str, str]:
    return {"kind": "BELIEVE"}


def _reason(_target: Target) -> dict[str, str]:
    return {"reason": "OTHER"}


def _voice(_target: Target) -> dict[str, str]:
    return {"voice": "here"}


def _stop(_target: Target) -> dict[str, str]:
    return {"stop": "1"}


def _wish(_target: Target) -> dict[str, str]:
    return {"reply_wish": "heard"}


def _hurt_me(_target: Target) -> dict[str, str]:
    return {"reason": "HURT_ME"}


def _reaction(target: Target) -> str:
    return reverse("api:post-reaction", args=[target.post.public_id, "BELIEVE"])


def _revision(target: Target) -> str:
    """Each post of the world was edited once, as soon as it stood: at once, or held."""
    return reverse("api:post-revision", args=[target.post.public_id, 1])


def _case(name: str) -> Callable[[Target], str]:
    return lambda target: reverse(name, args=[target.case.pk])


def _desk(name: str) -> Callable[[Target], str]:
    return lambda target: reverse(name, args=[target.case.public_id])


def _statement(name: str) -> Callable[[Target], str]:
    """Of what was decided against it; of what nothing was decided against, one that is not there."""

    def url(target: Target) -> str:
        statement = Statement.objects.filter(post=target.post).order_by("restriction").last()
        return reverse(name, args=[statement.public_id if statement else "0" * LENGTH])

    return url


def _appeal(name: str) -> Callable[[Target], str]:
    """The case of an appeal, by its row in the admin and by its id elsewhere."""

    def url(target: Target) -> str:
        case = Case.objects.filter(post=target.post, appeal__isnull=False).first()
        row, public_id = (case.pk, case.public_id) if case else (0, "0" * LENGTH)
        return reverse(name, args=[row if name.startswith("admin:") else public_id])

    return url


def _leave(_target: Target) -> dict[str, str]:
    return {"action": "LEAVE"}


def _case_note(_target: Target) -> dict[str, str]:
    return {"text": "A note for the team."}


def _telling(_target: Target) -> dict[str, str]:
    return {"whom": "POLICE", "ground": "LIFE"}


def _hours(_target: Target) -> dict[str, str]:
    return {"hours": "3"}


OLD_ADDRESS = "an address of a page that stood elsewhere"  # none of ours: what leads on where nothing is found
POST = WORDS | PLACEHOLDER | {WORD, MARK}  # a post, as the API shows it to whoever may have all of it
LINK = frozenset({PLACE})
STATEMENT = frozenset({WORD, APPEAL, PLACE})
MASKED = "author behind a thread pseudonym, opened"
BODY_ONLY = frozenset({BODY})
NAME_ONLY = frozenset({NAME})
MEMBERS_ALL = ANYBODY - {"visitor", "guest author", "reading guest"}
AT_THE_DESK = frozenset({"moderator"})
ON_ITS_CASE = frozenset(Secret) - {APPEAL, LOOK}
ON_ITS_APPEAL = frozenset(Secret) - {REPORT, LOOK}

ROWS = (
    # Pages to read. A link may hold its id.
    Row("forum:thread-detail", _thread("forum:thread-detail"), WORDS | PLACEHOLDER, of_thread=True),
    Row("forum:thread-detail", _thread("forum:thread-detail", "?branch={post}"), WORDS | PLACEHOLDER, note="branch"),
    Row("forum:thread-detail", _thread("forum:thread-detail", "?at={post}"), WORDS | PLACEHOLDER, note="at"),
    Row("forum:thread-unread", _thread("forum:thread-unread"), of_thread=True),
    Row("forum:post-detail", _post("forum:post-detail"), WORDS | {WORD, MARK}, LINK, to=ITS_AUTHOR, to_others=LINK),
    Row("forum:post-reply", _post("forum:post-reply"), WORDS | {NAME}, LINK),
    Row(
        "forum:post-revisions",
        _post("forum:post-revisions"),
        frozenset({BEFORE, TITLE, BODY}),
        LINK,
        to=ITS_AUTHOR | {"moderator"},
    ),
    Row("forum:post-sent", _post("forum:post-sent"), LINK, to=ITS_AUTHOR),
    Row("forum:post-edit", _post("forum:post-edit"), WORDS | {WORD, MARK}, LINK, to=WHO_CHANGES_IT),
    Row("forum:post-notes", _post("forum:post-notes"), to=WHO_CHANGES_IT, perhaps=LINK, to_others=NOTHING),
    Row("forum:post-erase", _post("forum:post-erase"), BODY_ONLY, LINK, to=WHO_CHANGES_IT),
    Row("forum:post-burn", _post("forum:post-burn"), frozenset({NAME}), LINK, to=WHO_CHANGES_IT),
    Row("forum:post-delay", _post("forum:post-delay"), LINK, to=ITS_AUTHOR),
    Row("moderation:post-report", _post("moderation:post-report"), BODY_ONLY, LINK),
    Row(
        "moderation:post-statements",
        _post("moderation:post-statements"),
        frozenset({WORD, APPEAL, LOOK}),
        LINK,
        to=ITS_AUTHOR,
        of_decisions=True,
    ),
    Row("forum:post-block", _post("forum:post-block"), NAME_ONLY, LINK, to=MEMBERS_ALL, past_own_blocks=True),
    Row("forum:post-hide", _post("forum:post-hide"), NOTHING, NAME_ONLY | LINK, past_own_blocks=True),
    Row("forum:post-flag", _answer("forum:post-flag"), perhaps=LINK, to=WHO_CHANGES_IT),
    Row("forum:thread-follow", _thread("forum:thread-follow"), of_thread=True),
    Row("forum:thread-wish", _thread("forum:thread-wish"), to=WHO_CHANGES_IT, of_thread=True, openings_only=True),
    # No URL of ours: where a page stood that became the thread. Leads to it.
    Row(OLD_ADDRESS, lambda target: f"/{_old(target.post)}/", of_thread=True),
    Row(
        "moderation:statement-appeal",
        _statement("moderation:statement-appeal"),
        NOTHING,
        frozenset({WORD, PLACE}),
        to=ITS_AUTHOR,
        of_decisions=True,
    ),
    # Pages to write. What comes back is often the form again, beside the post.
    Row("forum:post-reply", _post("forum:post-reply"), WORDS | {NAME}, LINK, method="POST", works=400, data=_no_text),
    Row("forum:post-edit", _post("forum:post-edit"), POST, to=WHO_CHANGES_IT, method="POST", works=400, data=_no_text),
    Row("forum:post-notes", _post("forum:post-notes"), LINK, to=WHO_CHANGES_IT, method="POST", works=302),
    Row("forum:post-withdraw", _post("forum:post-withdraw"), LINK, to=WHO_CHANGES_IT, method="POST", works=302),
    Row("forum:post-put-back", _post("forum:post-put-back"), LINK, to=WHO_CHANGES_IT, method="POST", works=302),
    Row(
        "forum:post-delay",
        _post("forum:post-delay"),
        LINK,
        to=ITS_AUTHOR,
        method="POST",
        works=302,
        data=lambda _target: {"delay_hours": "24"},
    ),
    Row("forum:post-erase", _post("forum:post-erase"), to=WHO_CHANGES_IT, method="POST"),
    Row("forum:post-burn", _post("forum:post-burn"), to=WHO_CHANGES_IT, method="POST", worked_by=MASKED),
    Row("forum:post-react", _post("forum:post-react"), LINK, method="POST", works=302, data=_kind),
    Row(
        "moderation:post-report",
        _post("moderation:post-report"),
        BODY_ONLY,
        LINK,
        method="POST",
        works=400,
        data=_no_text,
        note="without a reason",
    ),
    Row("moderation:post-report", _post("moderation:post-report"), LINK, method="POST", data=_reason),
    Row("moderation:post-report", _post("moderation:post-report"), LINK, method="POST", data=_hurt_me, note="hurt me"),
    Row(
        "forum:post-block",
        _post("forum:post-block"),
        NAME_ONLY,
        LINK,
        to=MEMBERS_ALL,
        method="POST",
        data=_voice,
        past_own_blocks=True,
    ),
    Row("forum:post-hide", _post("forum:post-hide"), NOTHING, NAME_ONLY | LINK, method="POST", past_own_blocks=True),
    Row("forum:thread-follow", _thread("forum:thread-follow"), method="POST", works=302, data=_kind, of_thread=True),
    Row(
        "forum:thread-follow",
        _thread("forum:thread-follow"),
        method="POST",
        works=302,
        data=_stop,
        of_thread=True,
        note="no more",
    ),
    Row(
        "forum:thread-pause",
        _thread("forum:thread-pause"),
        LINK,
        to=WHO_CHANGES_IT,
        method="POST",
        works=302,
        of_thread=True,
        openings_only=True,
    ),
    Row(
        "forum:thread-wish",
        _thread("forum:thread-wish"),
        to=WHO_CHANGES_IT,
        method="POST",
        works=302,
        data=_wish,
        of_thread=True,
        openings_only=True,
    ),
    Row("forum:post-flag", _answer("forum:post-flag"), perhaps=LINK, to=WHO_CHANGES_IT, method="POST"),
    Row(
        "moderation:statement-appeal",
        _statement("moderation:statement-appeal"),
        frozenset({WORD, PLACE}),
        to=ITS_AUTHOR,
        method="POST",
        works=400,
        data=_no_text,
        of_decisions=True,
    ),
    Row("forum:post-flag-undo", _answer("forum:post-flag-undo"), to=WHO_CHANGES_IT, method="POST", works=302),
    # The API, reading.
    Row("api:thread", _thread("api:thread"), POST, of_thread=True, openings_only=True),
    Row("api:thread-posts", _thread("api:thread-posts"), POST, of_thread=True),
    Row("api:thread-posts", _thread("api:thread-posts", "?view=flat"), POST, of_thread=True, note="flat"),
    Row("api:thread-posts", _thread("api:thread-posts", "?branch={post}"), POST, note="branch"),
    Row("api:thread-posts", _thread("api:thread-posts", "?view=flat&at={post}"), POST, note="at"),
    Row("api:thread-unread", _thread("api:thread-unread"), of_thread=True),
    Row("api:post", _post("api:post"), POST),
    Row("api:post-revisions", _post("api:post-revisions"), frozenset({BEFORE}), to=ITS_AUTHOR | {"moderator"}),
    Row("api:post-revision", _revision, frozenset({BEFORE, TITLE, BODY}), to=ITS_AUTHOR | {"moderator"}),
    Row("api:post-statements", _post("api:post-statements"), STATEMENT | {LOOK}, to=ITS_AUTHOR, of_decisions=True),
    Row("api:statement", _statement("api:statement"), STATEMENT, to=ITS_AUTHOR, of_decisions=True),
    # The API, writing.
    Row(
        "api:thread-posts",
        _thread("api:thread-posts"),
        PLACEHOLDER,
        method="POST",
        works=201,
        data=_text,
        of_thread=True,
    ),
    Row(
        "api:thread-posts",
        _thread("api:thread-posts"),
        PLACEHOLDER,
        method="POST",
        works=201,
        data=lambda target: {"text": "Other words.", "parent_id": target.post.public_id},
        of_thread=True,
        note="to it",
    ),
    Row("api:post", _post("api:post"), POST, to=WHO_CHANGES_IT, method="PATCH"),
    Row("api:post", _post("api:post"), to=WHO_CHANGES_IT, method="DELETE", works=204),
    Row("api:post-notes", _post("api:post-notes"), POST, to=WHO_CHANGES_IT, method="PUT", data=_no_notes),
    Row(
        "api:post-team-notes",
        _post("api:post-team-notes"),
        POST,
        to=AT_THE_DESK,
        method="PUT",
        data=_no_notes,
        worked_by="moderator",
    ),
    Row("api:post-withdrawal", _post("api:post-withdrawal"), POST, to=WHO_CHANGES_IT, method="PUT"),
    Row("api:post-withdrawal", _post("api:post-withdrawal"), POST, to=WHO_CHANGES_IT, method="DELETE"),
    Row(
        "api:post-delay",
        _post("api:post-delay"),
        POST,
        to=WHO_CHANGES_IT,
        method="PUT",
        data=lambda _target: {"delay_hours": 24},
    ),
    Row("api:post-delay", _post("api:post-delay"), POST, to=WHO_CHANGES_IT, method="DELETE"),
    Row(
        "api:post-authorship",
        _post("api:post-authorship"),
        to=WHO_CHANGES_IT,
        method="DELETE",
        works=204,
        worked_by=MASKED,
    ),
    Row("api:post-reaction", _reaction, method="PUT", works=204),
    Row("api:post-reaction", _reaction, method="DELETE", works=204),
    Row(
        "api:statement-appeal",
        _statement("api:statement-appeal"),
        STATEMENT,
        to=WHO_CHANGES_IT,
        method="POST",
        works=201,
        data=_text,
        of_decisions=True,
    ),
    Row("api:post-reports", _post("api:post-reports"), method="POST", works=201, data=_reason),
    Row("api:post-flag", _answer("api:post-flag"), to=WHO_CHANGES_IT, method="PUT", works=204),
    Row("api:post-flag", _answer("api:post-flag"), to=WHO_CHANGES_IT, method="DELETE", works=204),
    Row("api:post-block", _post("api:post-block"), method="PUT", works=204, past_own_blocks=True),
    Row("api:post-hiding", _post("api:post-hiding"), method="PUT", works=204, past_own_blocks=True),
    Row("api:post-block", _post("api:post-block"), method="DELETE", works=204, past_own_blocks=True),
    Row("api:thread-follow", _thread("api:thread-follow"), method="PUT", works=204, of_thread=True),
    Row(
        "api:thread-wish",
        _thread("api:thread-wish"),
        POST,
        to=WHO_CHANGES_IT,
        method="PUT",
        data=_wish,
        of_thread=True,
        openings_only=True,
    ),
    Row("api:thread-follow", _thread("api:thread-follow"), method="DELETE", works=204, of_thread=True),
    Row(
        "api:thread-pause",
        _thread("api:thread-pause"),
        to=WHO_CHANGES_IT,
        method="PUT",
        works=204,
        of_thread=True,
        openings_only=True,
    ),
    Row(
        "api:thread-pause",
        _thread("api:thread-pause"),
        to=WHO_CHANGES_IT,
        method="DELETE",
        works=204,
        of_thread=True,
        openings_only=True,
    ),
    # The desk.
    Row("admin:moderation_case_change", _case("admin:moderation_case_change"), ON_ITS_CASE, to=AT_THE_DESK),
    Row(
        "admin:moderation_case_change",
        _case("admin:moderation_case_change"),
        ON_ITS_CASE,
        to=AT_THE_DESK,
        method="POST",
        works=400,
        data=_no_text,
        note="undecided",
    ),
    Row("api:desk-case", _desk("api:desk-case"), ON_ITS_CASE - {BEFORE}, to=AT_THE_DESK),
    Row("api:desk-claim", _desk("api:desk-claim"), ON_ITS_CASE - {BEFORE}, to=AT_THE_DESK, method="PUT"),
    Row("api:desk-claim", _desk("api:desk-claim"), to=AT_THE_DESK, method="DELETE", works=204),
    Row("api:desk-takeover", _desk("api:desk-takeover"), ON_ITS_CASE - {BEFORE}, to=AT_THE_DESK, method="POST"),
    Row("api:desk-decisions", _desk("api:desk-decisions"), to=AT_THE_DESK, method="POST", works=428, data=_leave),
    Row(
        "api:desk-case-notes",
        _desk("api:desk-case-notes"),
        ON_ITS_CASE - {BEFORE},
        to=AT_THE_DESK,
        method="POST",
        works=201,
        data=_case_note,
    ),
    Row(
        "api:desk-tellings",
        _desk("api:desk-tellings"),
        ON_ITS_CASE - {BEFORE},
        to=AT_THE_DESK,
        method="POST",
        works=201,
        data=_telling,
    ),
    Row("api:desk-post-case", _post("api:desk-post-case"), ON_ITS_CASE - {BEFORE}, to=AT_THE_DESK, method="PUT"),
    Row("api:desk-branch-lock", _post("api:desk-branch-lock"), to=AT_THE_DESK, method="DELETE", works=204),
    Row("api:desk-undoing", _desk("api:desk-undoing"), to=AT_THE_DESK, method="POST", works=428),
    Row(
        "api:desk-reversal",
        _desk("api:desk-reversal"),
        to=AT_THE_DESK,
        method="POST",
        works=428,
        data=lambda _target: {"why": "Other words."},
    ),
    Row("api:desk-putting-off", _desk("api:desk-putting-off"), to=AT_THE_DESK, method="POST", works=428, data=_hours),
    Row("api:desk-passing-on", _desk("api:desk-passing-on"), to=AT_THE_DESK, method="POST", works=428),
    Row(
        "admin:moderation_case_change",
        _appeal("admin:moderation_case_change"),
        ON_ITS_APPEAL,
        to=AT_THE_DESK,
        only_in=PostState.HIDDEN,
        note="appeal",
    ),
    Row(
        "api:desk-case",
        _appeal("api:desk-case"),
        frozenset({APPEAL}),
        frozenset(Secret),
        to=AT_THE_DESK,
        only_in=PostState.HIDDEN,
        note="appeal",
    ),
    Row(
        "api:desk-appeal",
        _appeal("api:desk-appeal"),
        to=AT_THE_DESK,
        method="POST",
        works=428,
        data=lambda _target: {"overturns": True, "answer": "Other words."},
        only_in=PostState.HIDDEN,
    ),
    Row("admin:moderation_case_history", _case("admin:moderation_case_history"), to=AT_THE_DESK),
    Row("admin:moderation_case_delete", _case("admin:moderation_case_delete"), to=AT_THE_DESK),
)


@pytest.mark.doors
@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("row", [row for row in ROWS if not row.writes], ids=str)
def test_reading_shows_each_persona_what_is_theirs_and_nothing_else(world: World, row: Row, persona: str) -> None:
    somebody = world.somebody(persona)
    absent: Answer | None = None
    wrong = []
    for target in world.near(persona, row):
        answer = somebody.ask(row.url(target))
        found = world.found_in(answer)
        of_it = {kind for number, kind in found if number == target.number}
        if not row.least(persona, target) <= of_it <= row.most(persona, target):
            wrong.append(f"{target}: {answer.status}, {_list(of_it)}, should be {_list(row.most(persona, target))}")
        others = found - {(target.number, kind) for kind in of_it}
        if others := others - world.theirs(row.seen_as(persona), at_the_desk=row.is_at_the_desk):
            wrong.append(f"{target}: shows of others {_list(others)}")
        if row.is_absent(persona, target):
            absent = absent or somebody.ask(_absent(row, target))
            wrong += _differences(target, answer, absent)
    assert not wrong


@pytest.mark.doors
@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("row", [row for row in ROWS if row.writes], ids=str)
def test_writing_answers_nothing_that_is_not_theirs(world: World, row: Row, persona: str) -> None:
    somebody = world.somebody(persona)
    absent: Answer | None = None
    wrong = []
    for target in world.near(persona, row):
        data = row.data(target) if row.data else None
        with transaction.atomic():
            answer = somebody.again().ask(row.url(target), row.method, data=data)
            transaction.set_rollback(True)
        found = world.found_in(answer)
        of_it = {kind for number, kind in found if number == target.number}
        if beyond := of_it - row.most(persona, target):
            wrong.append(f"{target}: {answer.status}, {_list(beyond)}")
        others = found - {(target.number, kind) for kind in of_it}
        if others := others - world.theirs(row.seen_as(persona), at_the_desk=row.is_at_the_desk):
            wrong.append(f"{target}: shows of others {_list(others)}")
        if row.is_absent(persona, target):
            absent = absent or somebody.again().ask(_absent(row, target), row.method, data=data)
            wrong += _differences(target, answer, absent)
    assert not wrong


def _differences(target: Target, answer: Answer, absent: Answer) -> list[str]:
    """What is not theirs looks, byte for byte, like what is not there."""
    if answer.status == 404 and answer.comparable == absent.comparable:
        return []
    return [f"{target}: {answer.comparable}, one that is not there: {absent.comparable}"]


def _absent(row: Row, target: Target) -> str:
    """The same URL for something that was never there."""
    there = target.post.thread.public_id if row.of_thread else target.post.public_id
    return row.url(target).replace(there, new_public_id())


def _list(found: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, found))) or "nothing"


@pytest.mark.parametrize("row", [row for row in ROWS if row.writes], ids=str)
def test_what_is_asked_for_above_works_for_whoever_may(world: World, row: Row) -> None:
    """Else a row could pass because it is asked wrongly, and always refused."""
    persona = (
        "moderator"
        if row.is_at_the_desk
        else "author, by name"
        if row.to in {ITS_AUTHOR, WHO_CHANGES_IT}
        else "other member"
    )
    persona = row.worked_by or persona
    own = [target for target in world.targets if PARTS[persona][target.name] == "author"]
    for target in [each for each in own or world.targets if row.only_in in {"", each.state}]:
        with transaction.atomic():
            data = row.data(target) if row.data else None
            answer = world.somebody(persona).ask(row.url(target), row.method, data=data)
            transaction.set_rollback(True)
        shown = {kind for number, kind in world.found_in(answer) if number == target.number}
        if answer.status == row.works and (shown & row.shows or not row.shows):
            return
    pytest.fail("nobody was let through")


@pytest.mark.parametrize("row", [row for row in ROWS if not row.writes and row.name.startswith("api:")], ids=str)
def test_an_app_is_shown_what_its_member_is(world: World, row: Row) -> None:
    """With a fresh password an anonymous author has their own posts, as on the pages after they were opened."""
    for persona in ("author, by name", "author behind a thread pseudonym, opened"):
        app = world.apps[persona.partition(",")[0]]
        for target in world.near(persona, row):
            found = world.found_in(app.ask(row.url(target)))
            assert {kind for number, kind in found if number == target.number} == row.most(persona, target), target


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_asking_what_could_be_done_shows_nothing(world: World, method: str) -> None:
    for row, target in product(ROWS, world.targets[:1]):  # held, unanswered
        assert world.found_in(visitor().ask(row.url(target), method)) == frozenset(), row


# --- Lists ------------------------------------------------------------------------------------------------------------


def _listed(persona: str, target: Target) -> frozenset[Secret]:
    """A thread in a list: those that everybody sees who sees its category."""
    if not target.is_opening or (target.state != PostState.PUBLISHED and target.answered == BARE):
        return NOTHING
    if not sees_category(persona, target.category):
        return NOTHING
    return may_have(persona, target) & (WORDS | {NAME})


def _unanswered(persona: str, target: Target) -> frozenset[Secret]:
    """Published, and answered by nobody. What waits unseen does not stand among those that wait for an answer."""
    is_waiting = target.state == PostState.PUBLISHED and target.answered == BARE
    return _listed(persona, target) if is_waiting else NOTHING


def _listed_in(category: str) -> Callable[[str, Target], frozenset[Secret]]:
    return lambda persona, target: _listed(persona, target) if target.category == category else NOTHING


def _hit(persona: str, target: Target) -> frozenset[Secret]:
    """Found by its words: what is published, in a category they see. Its author and moderators find no more."""
    if target.state != PostState.PUBLISHED or letter(persona, target) != "r":
        return NOTHING
    return may_have(persona, target) & (WORDS | PLACEHOLDER)


def _hit_on_a_page(persona: str, target: Target) -> frozenset[Secret]:
    """A story's link is its thread's."""
    return _hit(persona, target) - ({PLACE} if target.is_opening else NOTHING)


def _fed(_persona: str, target: Target) -> frozenset[Secret]:
    """What a visitor reads, whoever asks: stories, without names."""
    return _listed("visitor", target) & WORDS if target.category == PUBLIC else NOTHING


def _none(_persona: str, _target: Target) -> frozenset[Secret]:
    return NOTHING


def _own(persona: str, target: Target) -> frozenset[Secret]:
    """What an author finds again. Erased posts are gone from it."""
    if PARTS[persona][target.name] not in AUTHORS or target.state == PostState.ERASED:
        return NOTHING
    return may_have(persona, target) & POST


def _own_titles(persona: str, target: Target) -> frozenset[Secret]:
    """A reply has no title: its first words stand for it."""
    return _own(persona, target) & ({TITLE, NAME, PLACE} if target.is_opening else {BODY, NAME, PLACE})


def _own_by_password(persona: str, target: Target) -> frozenset[Secret]:
    """The API's list asks for one credential: a code that was opened beside a sign-in is not looked at."""
    return NOTHING if persona == "member who opened a code too" else _own(persona, target)


def _told(persona: str, target: Target) -> frozenset[Secret]:
    """One's own that was decided about: what was never held is not told of when it is published."""
    if persona == "guest with a reading-only code":  # it opens the posts, and no inbox
        return NOTHING
    was_held = target.name != NAMED and persona != "member who opened a code too"  # that inbox is the member's
    told = {PostState.RETURNED, PostState.HIDDEN} | ({PostState.PUBLISHED} if was_held else set())
    return _own(persona, target) if target.state in told else NOTHING


def _followed(persona: str, target: Target) -> frozenset[Secret]:
    """A thread that its author follows, and somebody answered in."""
    has_none = {"member who opened a code too", "guest with a reading-only code"}
    is_followed = PARTS[persona][target.name] in AUTHORS and persona not in has_none
    has_news = target.is_opening and target.answered == ANSWERED and sees_category(persona, target.category)
    return may_have(persona, target) & (WORDS | {NAME}) if is_followed and has_news else NOTHING


def _inbox(persona: str, target: Target) -> frozenset[Secret]:
    return _told(persona, target) & {TITLE, NAME, PLACE} | _followed(persona, target) & {TITLE}


def _inbox_of_an_app(persona: str, target: Target) -> frozenset[Secret]:
    return _told(persona, target) | _followed(persona, target)


def _kept_away(persona: str, target: Target) -> frozenset[Secret]:
    """The names on a blocker's own list."""
    return NAME_ONLY if persona == "member who blocks its author" and target.name != NAMED else NOTHING


def _waiting(persona: str, target: Target) -> frozenset[Secret]:
    """The first words of each case, for whoever may read every post."""
    if persona != "moderator" or target.state == PostState.ERASED:
        return NOTHING
    return frozenset({TITLE if target.is_opening else BODY})


def _decided_words(persona: str, target: Target) -> frozenset[Secret]:
    """What moderators wrote, for whoever may read decisions."""
    if persona not in {"moderator", "staff without the permission"}:
        return NOTHING
    return frozenset({WORD}) if target.state not in UNDECIDED else NOTHING


def _ids(persona: str, _target: Target) -> frozenset[Secret]:
    """The audit log, for whoever may read it."""
    return frozenset({PLACE}) if persona in {"moderator", "staff without the permission"} else NOTHING


def _sanctioned_names(persona: str, target: Target) -> frozenset[Secret]:
    """What moderators sanctioned: the name, and why."""
    if persona != "moderator" or target.state != PostState.HIDDEN:
        return NOTHING
    return frozenset({WORD, PLACE} | ({NAME} if target.name != NAMED else set()))


def _looks(persona: str, target: Target) -> frozenset[Secret]:
    """Why the team looked up whose an anonymous post is, for whoever may decide."""
    if persona not in {"moderator", "staff without the permission"} or target.name == NAMED:
        return NOTHING
    return frozenset({LOOK, PLACE})


def _looks_over_the_api(persona: str, target: Target) -> frozenset[Secret]:
    return _looks(persona, target) if persona == "moderator" else NOTHING


def _sanctioned_names_at_the_desk(persona: str, target: Target) -> frozenset[Secret]:
    """And on the page of one what it was for."""
    found = _sanctioned_names(persona, target)
    return found | may_have(persona, target) if found else found


@dataclass(frozen=True, slots=True)
class List:
    """A URL that shows many posts. `shows`: exactly what comes back of each, or at most, where the list is long.

    `sends` is posted to it where the list is an answer to that; the page it leads to is the list.
    """

    name: str
    url: Callable[[World], str]
    shows: Callable[[str, Target], frozenset[Secret]]
    exactly: bool = True
    sends: dict[str, Any] | None = None

    def __str__(self) -> str:
        return " ".join([self.name, *map(str, (self.sends or {}).values())])

    def asked_by(self, somebody: Somebody, world: World) -> Answer:
        if self.sends is None:
            return somebody.ask(self.url(world))
        answer = somebody.ask(self.url(world), "POST", data=self.sends)
        return somebody.ask(answer.headers["location"]) if answer.status == 302 else answer


def _plain(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _world: reverse(name) + query


def _object(name: str) -> Callable[[World], str]:
    """The admin's page of some object."""
    return lambda world: reverse(name, args=[world.objects[name.removeprefix("admin:").rpartition("_")[0]]])


LISTS = (
    List("forum:home", _plain("forum:home"), _listed),
    *(
        List(
            "forum:category-detail",
            lambda world, kind=kind: reverse("forum:category-detail", args=[world.categories[kind].public_id]),  # type: ignore[misc]
            _listed_in(kind),
        )
        for kind in (PUBLIC, MEMBERS)
    ),
    *(
        List(
            "forum:category-feed",
            lambda world, kind=kind: reverse("forum:category-feed", args=[world.categories[kind].public_id]),  # type: ignore[misc]
            _fed if kind == PUBLIC else _none,
        )
        for kind in (PUBLIC, MEMBERS)
    ),
    List("forum:home", _plain("forum:home", "?order=story"), _listed),
    List("forum:unanswered", _plain("forum:unanswered"), _unanswered),
    List("forum:mine", _plain("forum:mine"), _own_titles),
    List("api:threads", _plain("api:threads", "?page_size=100"), _listed),
    List("api:threads", _plain("api:threads", "?page_size=100&order=story"), _listed),
    List("api:threads-unanswered", _plain("api:threads-unanswered", "?page_size=100"), _unanswered),
    *(
        List(
            "api:threads",
            lambda world, kind=kind: reverse("api:threads") + f"?category={world.categories[kind].public_id}",  # type: ignore[misc]
            _listed_in(kind),
        )
        for kind in (PUBLIC, MEMBERS)
    ),
    # Each post of the world says "it says", and "it said" before it was edited.
    List("forum:search", _plain("forum:search"), _hit_on_a_page, sends={"words": "it says"}),
    List("forum:search", _plain("forum:search"), _none, sends={"words": "it said"}),
    List("api:search", _plain("api:search"), _hit, sends={"words": "it says"}),
    List("api:search", _plain("api:search"), _none, sends={"words": "it said"}),
    List("forum:inbox", _plain("forum:inbox"), _inbox),
    List("api:inbox", _plain("api:inbox"), _inbox_of_an_app),
    List("forum:blocks", _plain("forum:blocks"), _kept_away),
    List("api:blocks", _plain("api:blocks"), _kept_away),
    List("api:desk-sanctions", _plain("api:desk-sanctions", "?page_size=100"), _sanctioned_names),
    List("admin:moderation_accessrequest_changelist", _plain("admin:moderation_accessrequest_changelist"), _looks),
    List("api:desk-looks", _plain("api:desk-looks"), _looks_over_the_api),
    List("api:own-posts", _plain("api:own-posts"), _own_by_password),
    List(
        "admin:moderation_case_changelist",
        _plain("admin:moderation_case_changelist", "?state=OPEN"),
        _waiting,
        exactly=False,  # a page of fifty
    ),
    List("api:desk-queue", _plain("api:desk-queue"), _waiting, exactly=False),
    List(
        "admin:moderation_batch_new",
        _plain("admin:moderation_batch_new"),
        _waiting,
        exactly=False,
        sends={"act": "LEAVE", "rule": "reported:OTHER"},
    ),
    List(
        "api:desk-batch-preview",
        _plain("api:desk-batch-preview"),
        _waiting,
        exactly=False,
        sends={"act": "LEAVE", "rule": {"reason": "reported:OTHER"}},
    ),
    List("admin:moderation_batch_change", _object("admin:moderation_batch_change"), _waiting, exactly=False),
    *(
        List(name, _plain(name) if name.endswith("changelist") else _object(name), shows, exactly=False)
        for model, shows in (
            ("decision", _decided_words),
            ("auditentry", _ids),
            ("sanction", _sanctioned_names_at_the_desk),
        )
        for name in (f"admin:moderation_{model}_{way}" for way in ("changelist", "change", "history", "delete"))
    ),
)


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("row", LISTS, ids=str)
def test_a_list_shows_each_persona_what_is_theirs_and_nothing_else(
    world: World, row: List, persona: str, settings: Settings
) -> None:
    settings.FORUM_PAGE_SIZE = 100
    answer = row.asked_by(world.somebody(persona), world)

    found = world.found_in(answer)

    right = {(target.number, kind) for target in world.targets for kind in row.shows(persona, target)}
    assert _list(found - right) == "nothing"
    if row.exactly:
        assert _list(right - found) == "nothing"


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_word_of_a_post_finds_it_but_those_that_are_published(world: World, persona: str) -> None:
    """Not its name either: nobody can look for what somebody wrote."""
    somebody = world.somebody(persona)
    wrong = []
    for target, kind in product(world.targets, Secret):
        word = target.post.public_id if kind is PLACE else sentinel(target.number, kind)
        answer = somebody.ask(reverse("api:search"), "POST", data={"words": word})
        is_right = kind in {TITLE, BODY} and kind in _hit(persona, target)
        if answer.status != 200 or bool(json.loads(answer.text)["hits"]) != is_right:
            wrong.append(f"{target}: {kind.name}, {answer.status}")
    assert not wrong


# --- Content notes and filters ----------------------------------------------------------------------------------------

# Whoever asks for one post by its id, or takes its note off; the team's work on what a post said before.
ON_PURPOSE = {"api:post", "api:post-team-notes", "forum:post-revisions", "api:post-revisions", "api:post-revision"}
CAREFUL = ("visitor", "other member", "moderator")


@pytest.fixture
def noted(world: World) -> ContentNote:
    """On every post of the world that has words."""
    note = ContentNote.objects.get(pk=world.objects["forum_contentnote"])
    for target in world.targets:
        if target.state != PostState.ERASED:
            put_notes(Post.objects.get(pk=target.post.pk), [note], is_by_moderator=True)
    return note


def _not_their_own(persona: str, found: Found, world: World) -> Found:
    others = {target.number for target in world.targets if PARTS[persona][target.name] not in AUTHORS}
    return frozenset((number, kind) for number, kind in found if number in others and kind in WORDS)


@pytest.mark.parametrize("persona", CAREFUL)
def test_what_a_reader_filters_no_door_sends_them(world: World, noted: ContentNote, persona: str) -> None:
    somebody = world.somebody(persona)
    somebody.ask(reverse("forum:filter"), "POST", data={"without": [noted.public_id]})
    somebody.claim_code = ""  # to the API it is a browser, which has the filter in its visit
    wrong = []
    rows = [row for row in ROWS if not row.is_at_the_desk and row.name not in ON_PURPOSE]
    rows = [row for row in rows if persona == "other member" or not row.writes]
    for row in rows:
        for target in world.near(persona, row):
            with transaction.atomic():
                data = row.data(target) if row.data else None
                answer = somebody.again().ask(row.url(target), row.method, data=data)
                transaction.set_rollback(True)
            if found := _not_their_own(persona, world.found_in(answer), world):
                wrong.append(f"{row}, {target}: {_list(found)}")
    for many in LISTS:
        if not many.name.startswith(("admin:", "api:desk-")):
            answer = many.asked_by(somebody.again(), world)
            found = _not_their_own(persona, world.found_in(answer), world)
            wrong += [f"{many}: {_list(found)}"] if found else []
    assert not wrong


@pytest.mark.parametrize("persona", CAREFUL)
def test_what_is_left_out_with_one_request_is_in_no_answer_to_it(
    world: World, noted: ContentNote, persona: str
) -> None:
    """As an app or a guest with a code asks the API."""
    somebody = world.somebody(persona)
    wrong = []
    for row in [row for row in ROWS if row.name in {"api:thread", "api:thread-posts"} and not row.writes]:
        for target in world.near(persona, row):
            url = row.url(target)
            answer = somebody.ask(f"{url}{'&' if '?' in url else '?'}without={noted.public_id}")
            if found := _not_their_own(persona, world.found_in(answer), world):
                wrong.append(f"{row}, {target}: {_list(found)}")
    for name, sends in (("api:threads", None), ("api:search", {"words": "it says"}), ("api:inbox", None)):
        url = f"{reverse(name)}?without={noted.public_id}"
        answer = somebody.ask(url, "POST" if sends else "GET", data=sends)
        if found := _not_their_own(persona, world.found_in(answer), world):
            wrong.append(f"{name}: {_list(found)}")
    assert not wrong


@pytest.mark.parametrize("persona", ["visitor", "other member"])
def test_noted_words_are_closed_until_they_are_opened(world: World, noted: ContentNote, persona: str) -> None:
    """In no list; on a page only where somebody opens them."""
    somebody = world.somebody(persona)
    wrong, closed = [], 0
    for many in LISTS:
        found = _not_their_own(persona, world.found_in(many.asked_by(somebody.again(), world)), world)
        if any(kind is BODY for _number, kind in found):
            wrong.append(f"{many}: {_list(found)}")
    for row in [row for row in ROWS if not row.writes and not row.name.startswith(("api:", "admin:"))]:
        for target in world.near(persona, row):
            answer = somebody.ask(row.url(target))
            words = sentinel(target.number, BODY)
            if not answer.is_html or words not in answer.text:
                continue
            closed += 1
            if words in _OpenText.of(answer.text):
                wrong.append(f"{row}, {target}")
    assert not wrong
    assert closed


class _OpenText(HTMLParser):
    """What is read on a page of which nothing was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._closed: list[bool] = []

    @classmethod
    def of(cls, page: str) -> str:
        parser = cls()
        parser.feed(page)
        return parser.text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "details":
            self._closed.append("open" not in dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self._closed.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._closed):
            self.text += data


# --- The rest ---------------------------------------------------------------------------------------------------------

_FRAME = "the frame of a page, a form of its own, no post"
_GONE = "never there: this site has neither mail nor telephone numbers"
_DRAFTS = "what one kept for later oneself"
_ACCOUNT = "one's own account alone"
_OTHER_ADMIN = "the desk's page of something that is not a post"
_ONLY_SUPERUSER = "the desk's page of something that is not a post, and that no moderator has a permission for"

_ANSWERLESS = "changes what is one's own, and shows nothing"

NO_WORDS: dict[str, str] = {
    "forum:block-undo": _ANSWERLESS,
    "forum:inbox-seen": _ANSWERLESS,
    "api:block": _ANSWERLESS,
    "api:inbox-seen": _ANSWERLESS,
    "forum:notice-away": "words of the team",
    "forum:house-rules": "words of the team",
    "forum:house-rules-version": "words of the team",
    "api:house-rules": "words of the team",
    "api:house-rules-version": "words of the team",
    "api:house-rules-agreement": "a number of one's own",
    "api:notices": "words of the team",
    "forum:story-new": _FRAME,
    "api:previews": "what was sent, and nothing else",
    "forum:filter": "what a reader would rather not meet",
    "api:content-notes": "the list of content notes",
    "api:filter": "what a reader would rather not meet",
    "forum:claim": _FRAME,
    "forum:claim-code": "what the code in use may do",
    "forum:claim-code-end": _FRAME,
    "forum:claim-codes-end-others": _FRAME,
    "forum:claim-adopt": "how many posts the code in use opens",
    "forum:drafts": _DRAFTS,
    "forum:draft-drop": "leads away",
    "forum:go-on": "leads away",
    "api:claim-codes": "a new code",
    "api:claim-code": "what the code in use may do",
    "api:claim-codes-others": "ends codes",
    "api:claim-adoption": "ends codes",
    "api:draft-check": "what was sent to it, looked at once more",
    "api:drafts": _DRAFTS,
    "api:draft": _DRAFTS,  # of an answer to a post that is not there: tests/forum/test_drafts.py
    "forum:staying-safe": _FRAME,
    "crisis:help": "helplines",
    "leave": "leads away",
    "away": "leads away",
    "come-back": "leads to the first page",
    "still-here": "answers without a word",
    "language": "leads back",
    "account_email": _GONE,
    "account_email_verification_sent": _GONE,
    "account_set_password": _GONE,
    "account_reset_password": _GONE,
    "account_inactive": _FRAME,
    "account_login": _FRAME,
    "account_logout": _FRAME,
    "account_signup": _FRAME,
    "account_reauthenticate": _FRAME,
    "account_change_password": _FRAME,
    "account": _ACCOUNT,
    "more-names": _FRAME,
    "recover": _FRAME,
    "recovery-words": _ACCOUNT,
    "recovery-words-kept": _ACCOUNT,
    "second-step-for-desk": _FRAME,
    "passkey-remove": _ACCOUNT,
    **dict.fromkeys(
        (f"mfa_{name}" for name in (
            "index", "authenticate", "reauthenticate", "activate_totp", "deactivate_totp", "view_recovery_codes",
            "generate_recovery_codes", "list_webauthn", "add_webauthn", "reauthenticate_webauthn", "login_webauthn",
        )),
        _ACCOUNT,
    ),
    "api:name-suggestions": "names that nobody has",
    "api:recovery-words": _ACCOUNT,
    "api:recovery": _ACCOUNT,
    **dict.fromkeys(
        (f"accounts:{page}" for page in (
            "break", "break-end", "visits", "visit-end", "visits-end-others", "erase", "closing", "reopen",
        )),
        _ACCOUNT,
    ),
    **dict.fromkeys(
        (f"api:account-{way}" for way in ("break", "visits", "visit", "closings", "closing", "reopening")), _ACCOUNT
    ),
    **dict.fromkeys(
        ("accounts:export", "accounts:export-file", "accounts:export-remove", "api:account-copy"),
        "one's own words alone, once they were asked for (tests/accounts/test_taking_a_copy.py)",
    ),
    "api:categories": "names and descriptions of categories",
    "api:category": "name and description of a category",
    "api:crisis-resources": "helplines",
    **dict.fromkeys(("api:desk-canned-replies", "api:desk-canned-reply"), "texts of the team, about nobody"),
    "api:desk-next": "api:desk-case, to whoever takes one (tests/moderation/test_desk_api.py)",
    "api:desk-judgement": _ANSWERLESS,
    "api:desk-redaction": _ANSWERLESS,
    **dict.fromkeys(
        ("admin:moderation_case_figures", "api:desk-figures", "admin:moderation_case_second_looks"), "numbers of all"
    ),
    **dict.fromkeys(
        ("admin:moderation_case_second_look", "api:desk-next-look", "api:desk-verdict"),
        "words of a decided case, to one moderator at a time (tests/moderation/test_second_looks.py)",
    ),
    **dict.fromkeys(("api:desk-transparency", "admin:moderation_case_transparency"), "codes of ours, and numbers"),
    **dict.fromkeys(
        ("admin:moderation_batch_changelist", "admin:moderation_batch_history", "admin:moderation_batch_delete",
         "admin:moderation_batch_carry_out", "api:desk-batches", "api:desk-batch", "api:desk-batch-undoing"),
        "what was done to several cases, by their ids; their first words are on the page of one",
    ),
    "admin:moderation_auditentry_redact": "for leads; what an entry holds is in the list of them",
    "api:desk-duty": "how a moderator wants to work",
    "api:team": "whether somebody of the team is here",
    "api:desk-retention": "counts",
    "api:desk-raid": "what is set against a raid",
    **dict.fromkeys(("api:desk-thread", "api:desk-category"), "whether it is pinned, slow or waits, for the team"),
    "api:desk-raid-switch": "what is set against a raid",
    "admin:moderation_raidswitch_changelist": "what is set against a raid",
    **dict.fromkeys(
        (
            "api:desk-look", "api:desk-look-approval",
            "admin:moderation_hold_changelist", "api:desk-holds", "api:desk-hold",
        ),
        "ids of posts and why, for the team, no words (tests/moderation/test_two_people.py)",
    ),
    "api:desk-look-opening": "what two people look at together, once (tests/moderation/test_two_people.py)",
    "admin:moderation_case_duty": "how a moderator wants to work",
    "api:report": "what became of a report, in words of ours",
    "api:report-appeal": "what became of a report, in words of ours",
    "moderation:report-appeal": "what was sent to it, and what became of a report, in words of ours",
    "moderation:report-look-up": "what became of a report, in words of ours",
    "admin:moderation_case_next": "leads to a case",
    "admin:moderation_case_conversation": "leads to a case",
    "api:schema": "made from code",
    "api:desk-sanction": "one of a list that has a row of its own",
    "api:desk-sanction-lifting": "changes one of a list that has a row of its own",
    "livez": "a word",
    "readyz": "a word",
    **dict.fromkeys(
        (f"api/auth/{client}/v1/{way}" for client in ("browser", "app") for way in (
            "account/email", "account/phone", "auth/email/verify", "auth/email/verify/resend", "auth/phone/verify",
            "auth/phone/verify/resend", "auth/password/request", "auth/password/reset", "auth/code/request",
            "auth/code/confirm",
        )),
        _GONE,
    ),
    **dict.fromkeys(
        (f"headless:{client}:account:{way}" for client in ("browser", "app") for way in (
            "confirm_login_code", "request_password_reset", "reset_password", "verify_email",
            "resend_email_verification_code", "verify_phone", "resend_phone_verification_code", "manage_email",
            "manage_phone",
        )),
        _GONE,
    ),
    **dict.fromkeys(
        (f"headless:{client}:{way}" for client in ("browser", "app") for way in (
            "config", "account:current_session", "account:reauthenticate", "account:login", "account:signup",
            "account:change_password",
            *(f"mfa:{name}" for name in (
                "authenticate", "reauthenticate", "authenticate_webauthn", "reauthenticate_webauthn", "login_webauthn",
                "authenticators", "manage_totp", "manage_recovery_codes", "manage_webauthn",
            )),
        )),
        _ACCOUNT,
    ),
    **dict.fromkeys(
        (f"api/auth/{client}/v1/{way}" for client in ("browser", "app") for way in (
            "account/authenticators", "account/authenticators/totp", "account/authenticators/recovery-codes",
            "account/authenticators/webauthn", "auth/webauthn/authenticate", "auth/webauthn/reauthenticate",
            "auth/webauthn/login",
        )),
        _ACCOUNT,
    ),
    "headless:app:tokens:refresh": _ACCOUNT,
    **dict.fromkeys(
        (f"admin:{name}" for name in (
            "index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n",
            "view_on_site", "app_list", "moderation_case_add", "moderation_decision_add", "moderation_auditentry_add",
            "crisis_resource_tried",
            "moderation_sanction_add", "moderation_batch_add",
        )),
        _OTHER_ADMIN,
    ),
    **dict.fromkeys(
        (f"admin:{model}_{way}" for model in (
             "forum_category", "forum_contentnote", "forum_houserules", "forum_notice", "forum_thread",
             "crisis_resource", "crisis_pin", "moderation_cannedreply",
         )
         for way in ("changelist", "add", "history", "delete", "change")),
        _OTHER_ADMIN,
    ),
    **dict.fromkeys(
        (f"admin:{model}_{way}" for model in (
            "auth_group", "django_tasks_database_dbtaskresult",
        ) for way in ("changelist", "add", "history", "delete", "change")),
        _ONLY_SUPERUSER,
    ),
    **dict.fromkeys(
        (f"admin/{model}/<path:object_id>/" for model in (
            "moderation/case", "moderation/decision", "moderation/auditentry", "moderation/sanction",
            "moderation/batch",
            "moderation/cannedreply", "forum/category", "forum/houserules", "forum/contentnote", "forum/notice",
            "forum/thread", "crisis/resource", "crisis/pin", "auth/group", "django_tasks_database/dbtaskresult",
        )),
        "leads to the page that changes it",
    ),
    "admin/(?P<url>.*)$": "what the admin does not know is not there",
}  # fmt: skip


def test_every_url_has_a_row_or_a_reason() -> None:
    known = {row.name for row in ROWS} | {row.name for row in LISTS} | set(NO_WORDS)

    assert set(url_names()) - known == set(), "a new URL: give it a row that says what it shows to whom, or a reason"
    assert known - set(url_names()) - {OLD_ADDRESS} == set(), "a URL that is no more"
    assert set(NO_WORDS) & ({row.name for row in ROWS} | {row.name for row in LISTS}) == set()


@pytest.mark.parametrize("persona", ["author, by name", "moderator"])
def test_urls_without_words_show_nothing_of_any_post(world: World, persona: str) -> None:
    somebody = world.somebody(persona)
    wrong = []
    for name in NO_WORDS:
        with transaction.atomic():
            answer = somebody.again().ask(_address(name, world))
            transaction.set_rollback(True)  # some end the visit
        if found := world.found_in(answer):
            wrong.append(f"{name}: {_list(found)}")
    assert not wrong


def _address(name: str, world: World) -> str:
    if "/" in name:  # a route
        model = "_".join(name.split("/")[1:3])
        route = name.replace("<path:object_id>", str(world.objects.get(model, 1)))
        return "/" + route.replace("(?P<url>.*)$", "moderation/post/1/")
    if (
        name.startswith("admin:")
        and name.endswith(("_history", "_delete", "_change", "_tried", "_redact"))
        and name != "admin:password_change"
    ):
        return reverse(name, args=[world.objects.get(name.removeprefix("admin:").rpartition("_")[0], 1)])
    arguments: dict[str, list[object]] = {
        "forum:block-undo": [new_public_id()],
        "api:block": [new_public_id()],
        "forum:house-rules-version": [1],
        "api:house-rules-version": [1],
        "forum:notice-away": [Notice.objects.get().public_id],
        "api:desk-judgement": [new_public_id(), new_public_id()],
        "api:desk-redaction": [1],
        "api:desk-verdict": [new_public_id()],
        "admin:moderation_case_second_look": [new_public_id()],
        "admin:moderation_case_conversation": [new_public_id()],
        "api:desk-transparency": [today().year - 1],
        "api:desk-batch": [new_public_id()],
        "api:desk-batch-undoing": [new_public_id()],
        "api:report": [new_public_id()],
        "api:report-appeal": [new_public_id()],
        "api:draft": [world.targets[0].post.public_id],
        "api:desk-sanction": [new_public_id()],
        "api:desk-sanction-lifting": [new_public_id()],
        "api:desk-raid-switch": ["NO_SIGN_UPS"],
        "api:desk-thread": [new_public_id()],
        "api:desk-canned-reply": [new_public_id()],
        "api:desk-category": [world.categories[PUBLIC].public_id],
        "api:desk-look": [new_public_id()],
        "api:desk-look-approval": [new_public_id()],
        "api:desk-look-opening": [new_public_id()],
        "api:desk-hold": [new_public_id()],
        "api:category": [world.categories[PUBLIC].public_id],
        "accounts:closing": [new_public_id()],
        "accounts:export-file": ["notes.txt"],
        "accounts:visit-end": [new_public_id()],
        "api:account-closing": [new_public_id()],
        "api:account-visit": [new_public_id()],
        "admin:app_list": ["moderation"],
        "passkey-remove": ["no-key"],
        "admin:view_on_site": [ContentType.objects.get_for_model(Post).pk, world.targets[0].post.pk],
    }
    return reverse(name, args=arguments.get(name, []))
