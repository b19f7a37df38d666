"""Writing: starting a thread, answering, editing, putting back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from forum import signals
from forum.authorship import Reader, Speaker, SpeaksAs, name_of
from forum.delays import due_after
from forum.models import Category, ContentNote, Post, Revision, Thread
from forum.policies import can_reply, can_see_category, is_unseen
from forum.screening import Submission, Verdict, screen
from forum.search import index
from forum.services.anonymity import (
    NOTHING,
    is_carried_in,
    new_guest,
    open_own,
    pseudonym_in,
    remember_post,
    require_living,
)
from forum.services.blocking import is_hidden_from_opening, require_not_hidden_from_opening, unseen_by
from forum.services.branches import BranchLocked
from forum.services.content_notes import put_notes, take_notes_off
from forum.services.following import follow_own
from forum.services.house_rules import require_agreement
from forum.services.pausing import RepliesPaused
from forum.services.places import drawn_place, next_place
from forum.services.quoting import clean_passage, drop_edited_quotes, keep_quote, require_quotable
from forum.services.restricting import Standing, is_name_restricted, require_may_write
from forum.services.slow_mode import taking_turns
from forum.services.visibility import MoveNotAllowed, hold_post, lock_post, publish_post, require_changeable
from forum.services.wishes import known_limits
from forum.states import WORDS_CAN_CHANGE, Flag, PostState
from forum.text import RENDERER_VERSION, clean_source, clean_title, render_post


class CategoryClosed(NotAllowed):
    code = "category-closed"
    message = _("This part of the forum is for members: sign in, and write under your name or under another one.")


class ThreadLocked(Conflict):
    code = "thread-locked"
    message = _("This conversation is closed for new replies.")


class CannotReply(Conflict):
    code = "post-not-open-for-replies"
    message = _("This post cannot be answered now.")


class NameCarriedHere(Conflict):
    code = "name-carried-here"
    message = _(
        "Somebody in this conversation goes by a name like yours, and you two would be taken for one. Please choose "
        "another name for this conversation; what you typed is still here."
    )


class TitleMissing(Invalid):
    code = "title-missing"
    message = _("A story needs a title.")


class EditNotAllowed(Conflict):
    code = "post-cannot-be-edited"
    message = _("This post cannot be changed as it stands now. You can still erase it.")


class NotWithdrawn(MoveNotAllowed):
    code = "post-not-withdrawn"
    message = _("Only what its author took back can be put back.")


@dataclass(frozen=True, slots=True)
class Written:
    """`claim_code` only when it was made just now: it is shown once and stored nowhere."""

    post: Post
    claim_code: str = ""


@dataclass(frozen=True, slots=True)
class _Text:
    title: str
    source: str
    html: str
    passage: str = ""


def start_thread(
    category: Category,
    *,
    actor: Speaker,
    title: str,
    text: str,
    notes: Collection[ContentNote] = (),
    reply_wish: str = "",
    reply_limits: Iterable[str] = (),
    delay_hours: int = 0,
) -> Written:
    """A story: a thread with its opening post. Held or published, by what the screeners say; not before `delay_hours`
    are over (forum/delays.py). Raises WritingPaused.
    """
    if not can_see_category(Reader(member=actor.member), category):
        raise CategoryClosed
    require_agreement(actor)
    standing = require_may_write(actor, category)
    prepared = _prepare(title, text, needs_title=True)
    limits = known_limits(reply_wish, reply_limits)
    due_at = due_after(delay_hours) if delay_hours else None
    with transaction.atomic():
        speaker, new_code = _with_claim(actor)
        thread = Thread.objects.create(category=category, active_on=today(), reply_wish=reply_wish, reply_limits=limits)
        post = _write(thread, None, speaker, prepared, notes=notes, standing=standing, due_at=due_at)
    return Written(post, new_code)


def reply_to(
    parent: Post,
    *,
    actor: Speaker,
    text: str,
    notes: Collection[ContentNote] = (),
    delay_hours: int = 0,
    quoted: Post | None = None,
    passage: str = "",
) -> Written:
    """An answer, below the post it answers. `parent` comes with thread and category loaded. Raises WritingPaused.

    `passage`: words of `quoted`, of the same thread, that stand above it; without `quoted`, of the parent.
    """
    reader = _reader(actor)
    if not can_see_category(reader, parent.thread.category):
        raise CategoryClosed
    require_agreement(actor)
    prepared = _prepare("", text, needs_title=False, passage=passage)
    due_at = due_after(delay_hours) if delay_hours else None
    with transaction.atomic():
        thread, fresh_parent = lock_post(parent)
        if thread.category_id == parent.thread.category_id:  # else it was moved a moment ago
            thread.category = parent.thread.category
        fresh_parent.thread = thread
        if is_unseen(reader, fresh_parent):
            raise NotFound
        if thread.is_locked:
            raise ThreadLocked
        if thread.is_paused:
            raise RepliesPaused
        if fresh_parent.takes_no_replies:
            raise BranchLocked
        if not can_reply(reader, fresh_parent):
            raise CannotReply
        require_not_hidden_from_opening(thread, actor)
        if actor.speaks_as is SpeaksAs.PSEUDONYM and actor.member and is_carried_in(thread, actor.member.pseudonym):
            raise NameCarriedHere
        source = _quoted(quoted, fresh_parent, reader, prepared) if prepared.passage else None
        standing = require_may_write(actor, thread.category)
        speaker, new_code = _with_claim(actor)
        with taking_turns(thread, speaker):
            post = _write(thread, fresh_parent, speaker, prepared, notes=notes, standing=standing, due_at=due_at)
        if source is not None:
            keep_quote(post, source, prepared.passage)
    return Written(post, new_code)


def edit_post(post: Post, *, actor: Reader, version: int, title: str, text: str) -> Post:
    """Its author changes it. What it said before becomes a revision; the new text is screened like a first one.

    A returned post goes back for a first look, with the same words too: they may stand by them. Else the same words
    change nothing. Raises Stale unless `version` is the post's. Open to whoever may write
    nothing new, too: it may take out what would find them. Under a name that is restricted itself, it waits; so does a
    reply that whoever began the conversation would not see.
    """
    require_changeable(post, actor)
    is_opening = post.parent_id is None
    prepared = _prepare(title if is_opening else "", text, needs_title=is_opening)
    with transaction.atomic():
        _thread, fresh = lock_post(post)
        if fresh.version != version:
            if (fresh.title, fresh.source) == (prepared.title, prepared.source):
                return fresh  # the same sent twice
            raise Stale
        if fresh.state not in WORDS_CAN_CHANGE:
            raise EditNotAllowed
        is_same = (fresh.title, fresh.source) == (prepared.title, prepared.source)
        if is_same and fresh.state != PostState.RETURNED:
            return fresh
        is_sent_again = fresh.state == PostState.RETURNED or fresh.flag == Flag.WAITS
        if not is_same:
            _replace_words(fresh, prepared)
        verdict = _screen_changed(fresh, *(["resubmitted"] if is_sent_again else []))
        if verdict.hold and fresh.state != PostState.HELD:
            fresh = hold_post(fresh, actor=None)
        if fresh.state == PostState.PUBLISHED:
            index.keep(fresh)
        drop_edited_quotes(fresh)
        signals.post_written.send(Post, post=fresh, verdict=verdict)
    return fresh


def _replace_words(post: Post, text: _Text) -> None:
    """Under the thread's lock."""
    Revision.objects.create(post=post, number=post.version, title=post.title, source=post.source, replaced_on=today())
    post.title, post.source, post.html = text.title, text.source, text.html
    post.renderer_version = RENDERER_VERSION
    post.is_edited = True
    post.version += 1
    post.flag = Flag.NONE
    post.save(update_fields=["title", "source", "html", "renderer_version", "is_edited", "version", "flag"])


@transaction.atomic
def put_back_post(post: Post, *, actor: Reader) -> Post:
    """Its author shows again what they withdrew. It always waits for a look: else taking back and putting back would
    undo what a moderator decided meanwhile.
    """
    require_changeable(post, actor)
    _thread, fresh = lock_post(post)
    if fresh.state == PostState.HELD:
        return fresh  # pressed twice: it waits already
    if fresh.state != PostState.WITHDRAWN:
        raise NotWithdrawn
    held = hold_post(fresh, actor=None)
    verdict = screen_again(held)
    why = "resubmitted" if held.word_to_author else "put_back"
    signals.post_written.send(Post, post=held, verdict=Verdict((*verdict.reasons, why)))
    return held


@transaction.atomic
def change_notes(post: Post, *, actor: Reader, notes: Collection[ContentNote]) -> Post:
    """Its author says which content notes it carries: exactly these, beside those that moderators put there.

    In a locked thread, too. Adding asks for no first look; taking off is screened like an edit.
    """
    require_changeable(post, actor)
    _thread, fresh = lock_post(post)
    if fresh.state == PostState.ERASED:
        raise EditNotAllowed
    put_notes(fresh, notes, is_by_moderator=False)
    if take_notes_off(fresh, notes, is_by_moderator=False) and fresh.state == PostState.PUBLISHED:
        verdict = _screen_changed(fresh)
        if verdict.hold:
            fresh = hold_post(fresh, actor=None)
            signals.post_written.send(Post, post=fresh, verdict=Verdict((*verdict.reasons, "note_taken_off")))
    return fresh


@dataclass(frozen=True, slots=True)
class Preview:
    """As it would stand in a thread."""

    title: str
    html: str


def preview_post(*, title: str, text: str) -> Preview:
    """Nothing is stored, and nobody asked. Raises Invalid as writing would; a missing title is no error yet."""
    prepared = _prepare(title, text, needs_title=False)
    return Preview(prepared.title, prepared.html)


def _prepare(title: str, text: str, *, needs_title: bool, passage: str = "") -> _Text:
    """Cleans and renders, before any lock is taken. All fields' errors come together."""
    fields: dict[str, list[object]] = {}
    clean = {"title": "", "text": "", "passage": ""}
    cleaners = (("title", clean_title, title), ("text", clean_source, text), ("passage", clean_passage, passage))
    for name, cleaner, value in cleaners:
        try:
            clean[name] = cleaner(value)
        except Invalid as error:
            fields |= error.fields  # type: ignore[arg-type]  # lists of texts both
    if needs_title and not clean["title"] and "title" not in fields:
        fields["title"] = [TitleMissing.message]
    if fields:
        raise Invalid(fields=fields)  # type: ignore[arg-type]
    return _Text(clean["title"], clean["text"], render_post(clean["text"]), clean["passage"])


def _quoted(quoted: Post | None, parent: Post, reader: Reader, text: _Text) -> Post:
    """As it is now, under the thread's lock. Raises NotFound, or QuoteNotThere."""
    source = parent
    if quoted is not None and quoted.pk != parent.pk:
        source = Post.objects.select_related("thread__category").get(pk=quoted.pk)
    require_quotable(source, text.passage, actor=reader, thread_id=parent.thread_id)
    return source


def _reader(actor: Speaker) -> Reader:
    """Whoever is about to answer, and what blocks keep from them."""
    own = NOTHING if actor.guest is None else open_own(actor.guest)
    reader = Reader(member=actor.member, opened=own.pseudonyms)
    return replace(reader, unseen=unseen_by(reader))


def _with_claim(actor: Speaker) -> tuple[Speaker, str]:
    if actor.speaks_as is not SpeaksAs.GUEST:
        return actor, ""
    if actor.guest:
        require_living(actor.guest)
        return actor, ""
    claim = new_guest()
    return replace(actor, guest=claim.guest), claim.code


def _write(
    thread: Thread,
    parent: Post | None,
    speaker: Speaker,
    text: _Text,
    *,
    notes: Collection[ContentNote],
    standing: Standing,
    due_at: dt.datetime | None,
) -> Post:
    """Under the thread's lock: takes its place in the tree, saves as held, publishes if nobody asks to wait."""
    seq, path = next_place(thread, parent) if due_at is None else drawn_place(thread, parent)
    is_named = speaker.speaks_as is SpeaksAs.PSEUDONYM
    pseudonym = None if is_named else pseudonym_in(thread, speaker.identity)
    post = Post.objects.create(
        thread=thread,
        parent=parent,
        path=path,
        seq=seq,
        due_at=due_at,
        author=speaker.member if is_named else None,
        thread_pseudonym=pseudonym,
        title=text.title,
        source=text.source,
        html=text.html,
        renderer_version=RENDERER_VERSION,
        written_on=today(),
    )
    if not is_named:
        remember_post(post, speaker.identity)
    if notes:
        put_notes(post, notes, is_by_moderator=False)
    verdict = _screen(post, speaker, standing)
    if pseudonym is not None and pseudonym.waits is None:
        pseudonym.waits = verdict.name_waits
        pseudonym.save(update_fields=["waits"])
    if not verdict.hold:
        post = publish_post(post, actor=None)
    follow_own(post, actor=speaker.identity)
    signals.post_written.send(Post, post=post, verdict=verdict)
    return post


def _screen(post: Post, speaker: Speaker, standing: Standing) -> Verdict:
    return screen(
        Submission(
            speaks_as=speaker.speaks_as,
            member=speaker.member,
            is_premoderated=post.thread.category.is_premoderated,
            is_edit=False,
            title=post.title,
            source=post.source,
            is_name_watched=name_of(post) in standing.on_names,
            is_author_watched=standing.waits,
            name_waits=post.thread_pseudonym.waits if post.thread_pseudonym else None,
        )
    )


def _screen_changed(post: Post, *besides: str) -> Verdict:
    """Where its author hides from whoever began, and it would not wait anyway, it waits for no reason of its own: that
    they hide is told to nobody, a moderator who began it among them.
    """
    reasons = (*screen_again(post).reasons, *besides)
    return Verdict(reasons if reasons or not is_hidden_from_opening(post) else ("resubmitted",))


def screen_again(post: Post, *, is_edit: bool = True, is_appearing: bool = False) -> Verdict:
    """A saved post, and how it was spoken as far as it can be known: member or guest is sealed for anonymous ones."""
    return screen(
        Submission(
            speaks_as=SpeaksAs.PSEUDONYM if post.author_id else SpeaksAs.GUEST,
            member=post.author,
            is_premoderated=post.thread.category.is_premoderated,
            is_edit=is_edit,
            title=post.title,
            source=post.source,
            is_name_watched=is_name_restricted(post),
            name_waits=post.thread_pseudonym.waits if post.thread_pseudonym else None,
            is_appearing=is_appearing,
        )
    )
