"""A forum of some weeks, written by its own services and doors, and who in it is who: what no copy of it may tell.

Everybody speaks in three voices, and within one visit: a story under their own name, a minute later an answer under
another, in another thread. That is the hardest case: whatever keeps the order of writing joins the two. The same
people do the same things every time; ids, keys and names are drawn anew.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import time_machine
from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts.identity import Identity, identity_of
from accounts.models import SealedRecord, User
from accounts.pseudonyms import name_key
from accounts.sealed_records import kind_of
from common.errors import NotFound
from common.sealing import unseal
from config.housekeeping import keep_house
from config.tasks import lay_rows_anew
from forum.authorship import Reader, Speaker, SpeaksAs, name_of
from forum.models import Category, Post, Reaction, ReactionKind, Thread
from forum.services.anonymity import Claim, new_guest, open_own
from forum.services.blocking import (
    BlockingYourself,
    Hidden,
    HiddenFromWhoeverBegan,
    Voice,
    block_author,
    hide_from_author,
)
from forum.services.drafts import NEW, Words, draft_at, keep_draft
from forum.services.following import follow_thread, mark_all_seen
from forum.services.house_rules import agree_to_rules, publish_rules, rules_to_agree_to
from forum.services.posts import edit_post, reply_to, start_thread
from forum.services.reactions import give_reaction
from forum.services.restricting import WritingPaused
from forum.services.visibility import erase_post, withdraw_post
from forum.states import PostState
from forum.tasks import publish_what_is_due
from forum.text import RENDERER_VERSION
from forum.tree import step
from moderation.models import Action, Sanction, Seen
from moderation.services.decisions import decide
from moderation.services.moderators import moderators
from moderation.services.reports import report_post
from moderation.services.sanctions import Terms, sanction_author
from tests.forum.building import Grown, grow
from tests.house.doors import Answer, Somebody, guest, opened, signed_in
from tests.house.dump import Dump, Row, dump_cache, dump_tables, watched_log
from tests.personas import PASSWORD, open_cases

if TYPE_CHECKING:
    from io import StringIO

MEMBERS, WRITERS, TRUSTED, GUESTS, THREADS, POSTS = 200, 150, 120, 40, 100, 2_000
DAYS = 40
STILL_OPEN = 20  # cases, at the end
SANCTIONED = 24  # posts
BY_DOORS = 30  # visits
MEMBERS_FROM = 9_000_000  # their rows' numbers, so that one is known when it is met
FIRST_DAY = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
VOICES = (SpeaksAs.PSEUDONYM, SpeaksAs.THREAD_PSEUDONYM, SpeaksAs.THREAD_PSEUDONYM, SpeaksAs.GUEST)
SENTENCES = (
    "I believe you.",
    "It was not your fault.",
    "The same happened to me.",
    "I have no words.",
    "Thank you.",
    "He says he will kill me.",  # the screeners find it
)


@dataclass(slots=True)
class Community:
    """`authors` of anonymous posts, `named` of the others, `thread_of` and `days` of each, by the post's public id."""

    authors: dict[str, str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    thread_of: dict[str, str] = field(default_factory=dict)
    days: dict[str, str] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)  # in the order of writing
    givers: dict[str, str] = field(default_factory=dict)  # of reactions, by row
    reporters: dict[str, str] = field(default_factory=dict)  # of reports, by row
    own_lists: dict[str, tuple[str, ...]] = field(default_factory=dict)  # opened with the key
    kinds: dict[str, str] = field(default_factory=dict)  # of sealed records, by row, opened with the key
    erased: set[str] = field(default_factory=set)
    edited: set[str] = field(default_factory=set)
    put_off: set[str] = field(default_factory=set)
    tables: Dump = field(default_factory=dict)
    cache: list[Row] = field(default_factory=list)
    log: str = ""
    seen: dict[str, dict[str, list[Any]]] = field(default_factory=dict)  # by persona and thread, over the API
    pages: dict[str, dict[str, str]] = field(default_factory=dict)  # by persona and thread

    def tag(self, post: Post, identity: Identity) -> None:
        book = self.named if post.author_id else self.authors
        book[post.public_id] = identity
        self.thread_of[post.public_id] = post.thread.public_id
        self.days[post.public_id] = post.written_on.isoformat()
        self.written.append(post.public_id)


class Builder:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - the same people every time
        self.delays = random.Random(seed)  # noqa: S311
        self.made = Community()
        self.users: list[User] = []
        self.claims: list[Claim] = []
        self.by_doors = 0
        self.open: dict[str, list[Post]] = defaultdict(list)  # published posts of each thread
        self.mine: dict[Identity, list[str]] = defaultdict(list)

    def build(self) -> Community:
        with watched_log() as log, time_machine.travel(FIRST_DAY, tick=False) as clock:
            self._people()
            for day in range(DAYS):
                self._day(clock, FIRST_DAY + dt.timedelta(days=day))
            while open_cases().count() < STILL_OPEN:
                self._visit()
            clock.shift(dt.timedelta(minutes=1))
            publish_what_is_due.func()  # the words of the last decisions have left, and the worker forgets when
            keep_house()
            self._look(log)
        return self.made

    # --- Who ----------------------------------------------------------------------------------------------------------

    def _people(self) -> None:
        password = make_password(PASSWORD)
        names = [f"quiet {first}{second}" for first in "bdfgklmnprstvwz" for second in _SYLLABLES]
        self.chance.shuffle(names)
        User.objects.bulk_create(
            User(pk=MEMBERS_FROM + number, username=name_key(name), pseudonym=name, password=password)
            for number, name in enumerate(names[: MEMBERS + 3])
        )
        *self.users, first, second, third = User.objects.order_by("pk")
        self.desk = [first, second, third]
        for moderator in self.desk:
            moderator.is_staff = True
            moderator.save()
            moderator.groups.add(moderators())
        publish_rules("Be kind.", actor=None)
        self.categories = [Category.objects.create(title=title) for title in ("Stories", "Daily life")]
        self.claims = [new_guest() for _number in range(GUESTS)]
        for start in range(0, TRUSTED, 20):  # who spoke in conversations of long ago
            opener, *others = self.users[start : start + 20]
            grown = grow(self.categories[0], [], author=opener)
            grown.posts.extend(_answer_of_old(grown, number, member) for number, member in enumerate(others, start=1))
            self.open[grown.thread.public_id] = grown.posts
            for post, member in zip(grown.posts, (opener, *others), strict=True):
                self.made.tag(post, identity_of(member))

    # --- What they do -------------------------------------------------------------------------------------------------

    def _day(self, clock: Any, start: dt.datetime) -> None:
        hours = sorted(self.chance.uniform(0, 12) for _visit in range(self.chance.randint(16, 23)))
        for hour in hours:
            clock.move_to(start + dt.timedelta(hours=hour))
            self._come_due()
            self._visit()
            if len(self.made.written) >= POSTS:
                break
        clock.move_to(start + dt.timedelta(hours=13))
        self._decide()
        self._sanction()

    def _visit(self) -> None:
        """One person, one to five posts."""
        member = self.chance.choice(self.users[:WRITERS]) if self.chance.random() < 0.85 else None
        claim = self.chance.choice(self.claims)
        if member and (rules := rules_to_agree_to(member)):
            agree_to_rules(member, rules.version)  # in the minute in which they write
        doors: dict[bool, Somebody] | None = None  # the visit as a guest, and as a member
        if self.by_doors < BY_DOORS and self.chance.random() < 0.1:
            doors = {}
            self.by_doors += 1
        for _post in range(self.chance.choice((1, 2, 2, 3, 3, 4))):
            voice = self.chance.choice(VOICES) if member else SpeaksAs.GUEST
            speaker = Speaker(voice, member, None if voice is not SpeaksAs.GUEST else claim.guest)
            try:
                post = self._write(speaker) if doors is None else self._write_by_door(speaker, claim, doors)
            except WritingPaused:
                break
            owner = identity_of(member) if member and voice is not SpeaksAs.GUEST else claim.guest
            self.made.tag(post, owner)
            self.mine[owner].append(post.public_id)
            if post.state == PostState.PUBLISHED:
                self.open[post.thread.public_id].append(post)
        for owner in dict.fromkeys((claim.guest, identity_of(member) if member else claim.guest)):
            self._change_something(owner, member)
        if member:
            self._read_others(member)
            self._keep_for_later(member)
        elif self.chance.random() < 0.1:
            hide_from_author(self._somebodys_post(), actor=claim.guest, hides=Hidden.EVERYTHING)

    def _write(self, speaker: Speaker) -> Post:
        text = f"{self.chance.choice(SENTENCES)} {self.chance.choice(SENTENCES)}"
        delay = self.delays.choice((6, 24, 48)) if self.delays.random() < 0.1 else 0
        while parent := self._parent():
            with suppress(NotFound, HiddenFromWhoeverBegan):  # by somebody who is kept away, or keeps away
                post = reply_to(parent, actor=speaker, text=text, delay_hours=delay).post
                self.made.put_off |= {post.public_id} if delay else set()
                return post
        return start_thread(self.chance.choice(self.categories), actor=speaker, title="A title", text=text).post

    def _write_by_door(self, speaker: Speaker, claim: Claim, doors: dict[bool, Somebody]) -> Post:
        """A member with the password, who has opened what is theirs; a guest with the words."""
        if speaker.member and speaker.speaks_as is not SpeaksAs.GUEST:
            visit = doors.get(False) or doors.setdefault(False, opened(signed_in(speaker.member)))
        else:
            visit = doors.get(True) or doors.setdefault(True, guest(claim.code))
        body: dict[str, Any] = {"text": self.chance.choice(SENTENCES), "speaks_as": speaker.speaks_as}
        answer = self._sent(visit, body)
        while answer.status == 404 or HiddenFromWhoeverBegan.code in answer.text:  # as in _write
            answer = self._sent(visit, body)
        if answer.status == 403:
            raise WritingPaused
        assert answer.status == 201, answer.text
        return _loaded(json.loads(answer.text)["post"]["id"])

    def _sent(self, visit: Somebody, body: dict[str, Any]) -> Answer:
        if parent := self._parent():
            reply = body | {"parent_id": parent.public_id}
            return visit.ask(f"/api/v1/threads/{parent.thread.public_id}/posts/", "POST", data=reply)
        new = {"category_id": self.categories[0].public_id, "title": "A title"}
        return visit.ask("/api/v1/threads/", "POST", data=body | new)

    def _come_due(self) -> None:
        """What was put off appears, and others answer it."""
        waiting = Post.objects.filter(due_at__isnull=False)
        before = set(waiting.values_list("public_id", flat=True))
        publish_what_is_due.func()
        for post_id in sorted(before - set(waiting.values_list("public_id", flat=True))):
            post = _loaded(post_id)
            if post.state == PostState.PUBLISHED:
                self.open[post.thread.public_id].append(post)

    def _parent(self) -> Post | None:
        """Of any thread as likely as of any other; none while a new one is due."""
        begun = len(set(self.made.thread_of.values()))
        if begun < THREADS and begun <= 5 + THREADS * len(self.made.written) / POSTS:
            return None
        return self.chance.choice(self.open[self.chance.choice(list(self.open))])

    def _change_something(self, owner: Identity, member: User | None) -> None:
        """Of one's own, opened with the key: an edit, taking back, erasing."""
        if not self.mine[owner] or self.chance.random() < 0.6:
            return
        post = _loaded(self.chance.choice(self.mine[owner]))
        if post.parent_id is None:
            return  # stories stay, so that there is something to answer
        reader = Reader(member, opened=open_own(owner).pseudonyms)
        match self.chance.choice(("edit", "edit", "withdraw", "erase")):
            case "edit" if post.state in {PostState.HELD, PostState.PUBLISHED}:
                others = [each for each in SENTENCES if each != post.source]  # the same words are no edit
                edit_post(post, actor=reader, version=post.version, title="", text=self.chance.choice(others))
                self.made.edited.add(post.public_id)
            case "withdraw" if post.state in {PostState.HELD, PostState.PUBLISHED}:
                withdraw_post(post, actor=reader)
            case "erase" if post.state != PostState.ERASED:
                erase_post(post, actor=reader)
                self.made.erased.add(post.public_id)
        if _again(post).state != PostState.PUBLISHED:
            self._is_not_open(post)

    def _is_not_open(self, post: Post) -> None:
        thread = post.thread.public_id
        self.open[thread] = [other for other in self.open[thread] if other.pk != post.pk]

    def _read_others(self, member: User) -> None:
        """A kind word for two posts of two threads, now and then a report of both."""
        posts = [self.chance.choice(self.open[thread]) for thread in self.chance.choices(list(self.open), k=2)]
        reports = self.chance.random() < 0.15
        for post in map(_again, posts):
            if post.state == PostState.PUBLISHED and post.author_id != member.pk:
                if self.chance.random() < 0.5:
                    with suppress(WritingPaused):
                        give_reaction(post, self.chance.choice(list(ReactionKind)), actor=Reader(member))
                if reports:
                    report = report_post(post, actor=f"member:{member.pk}", reason="OTHER")
                    self.made.reporters[str(report.pk)] = identity_of(member)

    def _keep_for_later(self, member: User) -> None:
        """Words for the post that was read last, a block, a thread to follow, the inbox."""
        reader = Reader(member)
        if self.chance.random() < 0.3:
            place = self.chance.choice((NEW, self._somebodys_post().public_id))
            kept = draft_at(place, actor=reader)
            words = Words(self.chance.choice(SENTENCES), speaks_as=self.chance.choice(VOICES))
            keep_draft(place, words, actor=reader, mark=kept.mark if kept else "")
        if self.chance.random() < 0.1:
            with suppress(BlockingYourself):
                block_author(self._somebodys_post(), actor=reader, voice=self.chance.choice(list(Voice)))
        if self.chance.random() < 0.1:
            follow_thread(self._somebodys_post().thread, actor=identity_of(member))
        if self.chance.random() < 0.2:
            mark_all_seen(reader, actor=identity_of(member))

    def _somebodys_post(self) -> Post:
        return _again(self.chance.choice(self.open[self.chance.choice(list(self.open))]))

    def _decide(self) -> None:
        place = {post_id: number for number, post_id in enumerate(self.made.written)}
        for case in list(open_cases()):  # drawn within the hour, as moderators meet them
            post = case.post
            chance = random.Random(place[post.public_id])  # noqa: S311 - the same decision in whatever order
            moderator = chance.choice(self.desk)
            action = Action.LEAVE
            if post.state == PostState.HELD:
                action = chance.choice((Action.PUBLISH,) * 12 + (Action.RETURN, Action.HIDE))
            if post.parent_id is None and action != Action.LEAVE:
                action = Action.PUBLISH
            word = "" if post.state == PostState.ERASED else "A word."
            decide(case, actor=moderator, action=action, seen=Seen.of(case), word=word, reason="Why.")
            if action == Action.PUBLISH and (post := _again(post)).state == PostState.PUBLISHED:
                self.open[post.thread.public_id].append(post)

    def _sanction(self) -> None:
        """Every day one name, most of them to be read first for good, some to write nothing for a day or two."""
        if Sanction.objects.count() >= SANCTIONED:
            return
        post = self._somebodys_post()
        if name_of(post) is not None:
            terms = self.chance.choice([Terms("PREMODERATION", "Why.")] * 4 + [Terms("SUSPENSION", "Why.", days=2)])
            sanction_author(post, actor=self.chance.choice(self.desk), terms=terms)

    # --- What is there then -------------------------------------------------------------------------------------------

    def _look(self, log: StringIO) -> None:
        made = self.made
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # all of this is one transaction
        lay_rows_anew.func()
        made.tables, made.cache = dump_tables(), dump_cache()
        made.days |= {row["public_id"]: row["written_on"] for row in made.tables["forum_post"]}  # or of its appearing
        made.own_lists = {owner: open_own(Identity(owner)).post_ids for owner in {*made.authors.values()}}
        made.kinds = {str(row.pk): kind_of(row) for row in SealedRecord.objects.all()}
        givers = Reaction.objects.values_list("pk", "giver")
        made.givers = {str(pk): Identity(unseal("reaction-giver", giver).decode()) for pk, giver in givers}
        for persona, user in (("member", self.users[-1]), ("moderator", self.desk[0])):
            somebody = signed_in(user)
            made.seen[persona] = {thread: self._over_the_api(somebody, thread) for thread in self.open}
            made.pages[persona] = {thread: somebody.ask(f"/t/{thread}/").everything for thread in list(self.open)[:20]}
            for refused in (
                f"/api/v1/posts/{min(made.erased)}/revisions/",
                f"/p/{min(made.erased)}/edit/",
                "/nowhere/",
            ):
                somebody.ask(refused)  # for the log
        made.log = log.getvalue()

    @staticmethod
    def _over_the_api(somebody: Somebody, thread: str) -> list[Any]:
        answer = somebody.ask(f"/api/v1/threads/{thread}/posts/?page_size=100")
        found: list[Any] = json.loads(answer.text)["posts"]
        return found


_SYLLABLES = [f"{vowel}{end}" for vowel in "aeiou" for end in ("bel", "dan", "lor", "mir")]


def _answer_of_old(grown: Grown, number: int, member: User) -> Post:
    opening = grown.posts[0]
    Thread.objects.filter(pk=grown.thread.pk).update(last_seq=number + 1)
    Post.objects.filter(pk=opening.pk).update(children=number, shown_children=number)
    return Post.objects.create(
        thread=grown.thread, parent=opening, path=opening.path + step(number), seq=number + 1, author=member,
        state=PostState.PUBLISHED, source=SENTENCES[0], html=SENTENCES[0], renderer_version=RENDERER_VERSION,
        written_on=FIRST_DAY.date(),
    )  # fmt: skip


def _again(post: Post) -> Post:
    return _loaded(post.public_id)


def _loaded(public_id: str) -> Post:
    return Post.objects.select_related("thread__category", "thread_pseudonym", "author").get(public_id=public_id)
