"""A forum from the lines that `export_forum` wrote: all of them, or nothing."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import RecoveryWords, SealedRecord, User
from common.errors import Invalid
from common.public_id import new_row_key
from common.sealing import CannotOpen, tags
from forum.importing.exchange import (
    FORMAT,
    SEAL_PURPOSE,
    VERSION,
    ExchangeLineBroken,
    SealDiffers,
    lines_of,
)
from forum.models import (
    CarriedNote,
    Category,
    ContentNote,
    OldAddress,
    Post,
    Quote,
    Reaction,
    ReactionKind,
    Revision,
    Thread,
    ThreadPseudonym,
)
from forum.models.category import MOST_SLOW_MINUTES
from forum.services.bringing_in import MAX_CHARS, Arrival, bring_in_posts, bring_in_thread, nobodys_tag, settle_search
from forum.services.quoting import clean_passage, is_said
from forum.services.reactions import carried_reaction, nobodys_reaction
from forum.services.wishes import known_limits
from forum.states import Flag, PostState, may_bear
from forum.text import clean_source, clean_title, render_post

_AT_ONCE = 200  # posts
_NUMBERS_LEFT_OUT = 1_000_000  # of accounts
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")

Tell = Callable[[int], None]


@dataclass(slots=True)
class ExchangeReport:
    """What was added."""

    categories: int = 0
    accounts: int = 0
    threads: int = 0
    posts: int = 0
    here_already: int = 0  # posts


def import_forum(file: Iterable[str], *, actor: None, tell: Tell | None = None) -> ExchangeReport:
    """In one transaction: into an empty forum, or again; what is here, by its id, stays. `actor` is the system.

    Raises ExchangeLineBroken and SealDiffers. What waits for a first look gets a case; posts that came under a name
    whose tag the file does not hold are nobody's. Constant memory, but for the ids of one thread's posts.
    """
    reading = _Reading()
    line = 1
    try:
        with transaction.atomic():
            for line, kind, fields in lines_of(file):
                reading.take(kind, fields, line)
                if tell is not None:
                    tell(line)
            reading.finish()
    except UnicodeDecodeError as error:
        raise ExchangeLineBroken(_("The file is not UTF-8 text."), line=line) from error
    except (DatabaseError, ValidationError, OverflowError, ValueError) as error:
        raise ExchangeLineBroken(_("What it says does not fit what is here already."), line=line) from error
    if reading.report.posts:
        settle_search()
    return reading.report


class _Reading:
    def __init__(self) -> None:
        self.report = ExchangeReport()
        self._line = 1
        self._has_accounts = self._has_authorship = False
        self._categories: dict[str, Category] = {}
        self._notes: dict[str, ContentNote] = {}
        self._users: dict[int, User] = {}
        self._thread: Thread | None = None
        self._names: dict[str, ThreadPseudonym] = {}
        self._new_names: list[ThreadPseudonym] = []
        self._known: set[str] = set()  # the thread's posts
        self._here: set[str] = set()  # those of them that were here before
        self._posts: list[tuple[Arrival, dict[str, Any]]] = []

    def take(self, kind: str, fields: dict[str, Any], line: int) -> None:
        self._line = line
        getattr(self, f"_take_{kind}")(fields)

    def finish(self) -> None:
        self._save()
        if self.report.accounts:
            self._count_on()

    def _count_on(self) -> None:
        """New accounts get numbers far above: tags are made of a number, and what a closed account left sealed is still
        of the number it had, which no line tells.
        """
        highest = User.objects.aggregate(highest=Max("pk"))["highest"] or 0
        last = User.objects.create(pk=highest + _NUMBERS_LEFT_OUT, username="", pseudonym="")
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(no_style(), [User]):
                cursor.execute(sql)
        last.delete()

    def _broken(self, reason: Any) -> ExchangeLineBroken:
        return ExchangeLineBroken(reason, line=self._line)

    def _take_forum(self, its: dict[str, Any]) -> None:
        if (its["format"], its["version"]) != (FORMAT, VERSION):
            raise self._broken(_("This is not a forum's file, or of a version that is not known here."))
        self._has_accounts, self._has_authorship = its["accounts"], its["authorship"]
        if self._has_authorship and not self._has_accounts:
            raise self._broken(_("Authorship needs accounts."))
        if self._has_authorship and its["seal"] not in tags(SEAL_PURPOSE):
            raise SealDiffers

    def _take_category(self, its: dict[str, Any]) -> None:
        category = Category.objects.filter(public_id=its["id"]).first()
        if category is None:
            category = Category(
                public_id=its["id"],
                title=its["title"],
                description=its["description"],
                position=its["position"],
                is_members_only=its["members_only"],
                is_premoderated=its["premoderated"],
                has_feed=its["feed"],
                slow_minutes=its["slow_minutes"],
            )
            category.clean_fields()
            category.save(force_insert=True)
            self.report.categories += 1
        self._categories[category.public_id] = category

    def _take_note(self, its: dict[str, Any]) -> None:
        """One that came with this software is the same here, whatever its id."""
        same = ContentNote.objects.filter(public_id=its["id"]).first()
        if same is None and its["shipped"]:
            same = ContentNote.objects.filter(shipped=its["shipped"]).first()
        if same is None:
            same = ContentNote(
                public_id=its["id"],
                shipped=its["shipped"],
                title=its["title"],
                position=its["position"],
                is_offered=its["offered"],
            )
            same.clean_fields()
            same.save(force_insert=True)
        self._notes[its["id"]] = same

    def _take_account(self, its: dict[str, Any]) -> None:
        if not self._has_accounts:
            raise self._broken(_("The first line says that there are no accounts."))
        names = {"username": its["username"], "pseudonym": its["pseudonym"]}
        known = User.objects.filter(pk=its["number"]).first()
        if known is None:
            user = User(pk=its["number"], password=its["password"], is_active=its["active"], **names)
            user.clean_fields()
            user.save(force_insert=True)
            if its["recovery"] is not None:
                words = RecoveryWords(member=user, digest=its["recovery"])
                words.clean_fields(exclude=["second_factor_ends_on"])
                words.save(force_insert=True)
            known = user
            self.report.accounts += 1
        elif (known.username, known.pseudonym) != (its["username"], its["pseudonym"]):
            raise self._broken(_("Another account has this number here. Bring the forum into an empty one."))
        self._users[known.pk] = known

    def _take_record(self, its: dict[str, Any]) -> None:
        if not self._has_authorship:
            raise self._broken(_("The first line says that authors are not told."))
        content = self._sealed(its["content"])
        forget_on = self._day(its["forget_on"]) if its["forget_on"] else None
        if not SealedRecord.objects.filter(lookup=its["lookup"]).exists():
            record = SealedRecord(lookup=its["lookup"], content=content, forget_on=forget_on)
            record.clean_fields()
            record.save(force_insert=True)

    def _take_thread(self, its: dict[str, Any]) -> None:
        self._save()
        category = self._categories.get(its["category"])
        if category is None:
            raise self._broken(_("It names a category that no line before it holds."))
        if (its["number"] is not None) != self._has_authorship:
            raise self._broken(_("Whether authors are told is not as the first line says."))
        thread = Thread.objects.filter(public_id=its["id"]).first()
        if thread is None:
            thread = bring_in_thread(
                category,
                active_on=self._day(its["active_on"]),
                story_on=self._day(its["story_on"]) if its["story_on"] else None,
                began_elsewhere=its["began_elsewhere"],
                pk=its["number"] if self._has_authorship else new_row_key(),
                public_id=its["id"],
                is_locked=its["locked"],
                is_pinned=its["pinned"],
                slow_minutes=self._minutes(its),
                is_paused=its["paused"],
                reply_wish=its["reply_wish"],
                reply_limits=self._limits(its),
                source_digest=its["source_digest"],
            )
            self.report.threads += 1
        for digest in its["old_addresses"]:
            if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
                raise self._broken(_("An old address is not as it should be."))
            OldAddress.objects.bulk_create([OldAddress(thread=thread, digest=digest)], ignore_conflicts=True)
        self._thread = thread
        self._names = {person.name: person for person in thread.pseudonyms.all()}
        self._here = set(thread.posts.values_list("public_id", flat=True))
        self._known = set()

    def _limits(self, its: dict[str, Any]) -> list[str]:
        limits = its["reply_limits"]
        try:
            is_right = (
                all(isinstance(each, str) for each in limits) and known_limits(its["reply_wish"], limits) == limits
            )
        except Invalid:
            is_right = False
        if not is_right:
            raise self._broken(_("Its author's wish is not as it should be."))
        return list(limits)

    def _take_name(self, its: dict[str, Any]) -> None:
        thread = self._thread_of(its)
        if {its["number"] is not None, its["tag"] is not None} != {self._has_authorship}:
            raise self._broken(_("Whether authors are told is not as the first line says."))
        if its["name"] in self._names:
            return
        person = ThreadPseudonym(
            pk=its["number"] if self._has_authorship else new_row_key(),
            thread=thread,
            name=its["name"],
            tag=its["tag"] if self._has_authorship else nobodys_tag(thread),
        )
        person.clean_fields()
        self._names[person.name] = person
        self._new_names.append(person)

    def _take_post(self, its: dict[str, Any]) -> None:
        thread = self._thread_of(its)
        if its["id"] in self._known or (its["answers"] is None) != (not self._known):
            raise self._broken(_("A thread has one opening post, its first, and each post once."))
        if its["answers"] is not None and its["answers"] not in self._known:
            raise self._broken(_("It answers what no line before it holds."))
        arrival = self._arrival(its)
        self._known.add(its["id"])
        if its["id"] in self._here:
            self.report.here_already += 1
            return
        if Post.objects.filter(public_id=its["id"]).exclude(thread=thread).exists():
            raise self._broken(_("This post stands in another thread here."))
        self._posts.append((arrival, its))
        if len(self._posts) >= _AT_ONCE:
            self._save()

    def _arrival(self, its: dict[str, Any]) -> Arrival:
        if its["state"] not in set(PostState.values) - {PostState.SCHEDULED}:
            raise self._broken(_("There is no such state."))
        if its["name"] is not None and (its["account"] is not None or its["name"] not in self._names):
            raise self._broken(_("It has two kinds of name, or one that no line before it holds."))
        if its["flag"] not in Flag.values or not may_bear(its["state"], its["flag"]):
            raise self._broken(_("Its flag does not fit its state."))
        author = None
        if its["account"] is not None:
            author = self._users.get(its["account"])
            if author is None:
                raise self._broken(_("It names an account that no line before it holds."))
        self._check_words(its)
        return Arrival(
            public_id=its["id"],
            answers=its["answers"],
            source=its["text"],
            html=render_post(its["text"]) if its["text"] else "",
            written_on=self._day(its["day"]),
            title=its["title"],
            thread_pseudonym=self._names[its["name"]] if its["name"] is not None else None,
            author=author,
            state=PostState(its["state"]),
            version=its["version"],
            is_edited=its["edited"],
            word_to_author=its["word_to_author"],
            has_notes=bool(its["notes"]),
            flag=Flag(its["flag"]),
        )

    def _check_words(self, its: dict[str, Any]) -> None:
        """They must be as if written here: what is brought in is as safe as what is posted."""
        words = [its["title"], its["text"], its["word_to_author"], *its["notes"], *its["before"]]
        if its["state"] == PostState.ERASED:
            is_right = not any(words)
        else:
            try:
                is_right = (
                    clean_source(its["text"], max_chars=MAX_CHARS) == its["text"]
                    and clean_title(its["title"]) == its["title"]
                    and (its["answers"] is None or not its["title"])
                )
            except Invalid:
                is_right = False
        if not is_right:
            raise self._broken(_("Its words could not have been written here."))

    def _save(self) -> None:
        if self._thread is None:
            return
        ThreadPseudonym.objects.bulk_create(self._new_names)
        self._new_names.clear()
        if not self._posts:
            return
        saved = bring_in_posts(self._thread, [arrival for arrival, _its in self._posts])
        notes, revisions, reactions, quotes = [], [], [], []
        for post, (_arrival, its) in zip(saved, self._posts, strict=True):
            notes += [self._carried_note(post, carried) for carried in its["notes"]]
            revisions += [self._revision(post, before) for before in its["before"]]
            reactions += [self._reaction(post, given) for given in its["reactions"]]
            quotes += [self._quote(post, its["quote"])] if its["quote"] else []
        CarriedNote.objects.bulk_create(notes, batch_size=_AT_ONCE)
        Revision.objects.bulk_create(revisions, batch_size=_AT_ONCE)
        Reaction.objects.bulk_create(reactions, batch_size=_AT_ONCE)
        Quote.objects.bulk_create(quotes, batch_size=_AT_ONCE)
        self.report.posts += len(saved)
        self._posts.clear()

    def _carried_note(self, post: Post, carried: Any) -> CarriedNote:
        match carried:
            case [str(note), bool(is_by_moderator)] if note in self._notes:
                return CarriedNote(post=post, note=self._notes[note], is_by_moderator=is_by_moderator)
        raise self._broken(_("A content note is not as it should be, or no line before it holds it."))

    def _revision(self, post: Post, before: Any) -> Revision:
        match before:
            case [int(number), str(title), str(source), str(day)]:
                revision = Revision(post=post, number=number, title=title, source=source, replaced_on=self._day(day))
                revision.clean_fields(exclude=["post"])
                return revision
        raise self._broken(_("What a post said before is not as it should be."))

    def _quote(self, post: Post, its: Any) -> Quote:
        match its:
            case [str(quoted_id), str(passage)] if quoted_id in self._known and quoted_id != post.public_id:
                quoted = Post.objects.get(public_id=quoted_id)
                if not passage or (passage == clean_passage(passage) and is_said(passage, quoted)):
                    return Quote(post=post, quoted=quoted, passage=passage)
        raise self._broken(_("What it quotes does not stand there."))

    def _reaction(self, post: Post, given: Any) -> Reaction:
        match given:
            case [str(kind), str(its_tag), str(giver)] if self._has_authorship and kind in ReactionKind.values:
                return self._carried(post, ReactionKind(kind), its_tag, giver)
            case [str(kind)] if not self._has_authorship and kind in ReactionKind.values:
                return nobodys_reaction(post, ReactionKind(kind))
        raise self._broken(_("A reaction is not as it should be."))

    def _carried(self, post: Post, kind: ReactionKind, its_tag: str, giver: str) -> Reaction:
        try:
            reaction = carried_reaction(post, kind, tag=its_tag, giver=self._sealed(giver))
        except CannotOpen as error:
            raise self._broken(_("The sealed content is damaged.")) from error
        reaction.clean_fields(exclude=["post"])
        return reaction

    def _sealed(self, text: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except ValueError as error:
            raise self._broken(_("The sealed content is damaged.")) from error

    def _minutes(self, its: dict[str, Any]) -> int:
        minutes: int = its["slow_minutes"]
        if minutes > MOST_SLOW_MINUTES:
            raise self._broken(_("A pause is a day at most."))
        return minutes

    def _thread_of(self, its: dict[str, Any]) -> Thread:
        if self._thread is None or self._thread.public_id != its["thread"]:
            raise self._broken(_("It does not follow its thread."))
        return self._thread

    def _day(self, text: str) -> dt.date:
        try:
            return dt.date.fromisoformat(text)
        except ValueError as error:
            raise self._broken(_("There is no such day.")) from error
