"""A whole forum as lines of text: for moving to another machine, for keeping, for leaving (docs/exchange-format.md)."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from django.db.models import OuterRef, Subquery

from accounts.models import RecoveryWords, SealedRecord, User
from common.days import today
from common.sealing import tag
from forum.importing.exchange import FORMAT, SEAL_PURPOSE, VERSION, line_of
from forum.models import Category, ContentNote, Post, Thread
from forum.states import PostState

_ROWS = 500  # in memory at once


def export_forum(*, with_accounts: bool = False, with_authorship: bool = False) -> Iterator[str]:
    """Line by line, in constant memory, and the same lines as long as nothing changes.

    Without more all posts under a member's own name come out as nobody's. `with_authorship` holds all that lets authors
    find and change what is theirs, and needs their accounts, from whose numbers tags are made: it implies them.
    The site may go on meanwhile; what is begun after the first line may be missing.
    """
    return _Export(accounts=with_accounts or with_authorship, authorship=with_authorship).lines()


class _Export:
    def __init__(self, *, accounts: bool, authorship: bool) -> None:
        self._has_accounts = accounts
        self._has_authorship = authorship
        self._accounts: set[int] = set()
        self._notes: dict[int, str] = {}

    def lines(self) -> Iterator[str]:
        count = 0
        for line in self._lines():
            yield line
            count += 1
        yield line_of("end", lines=count)

    def _lines(self) -> Iterator[str]:
        yield line_of(
            "forum",
            format=FORMAT,
            version=VERSION,
            accounts=self._has_accounts,
            authorship=self._has_authorship,
            seal=tag(SEAL_PURPOSE) if self._has_authorship else "",
        )
        categories = dict(Category.objects.values_list("pk", "public_id"))
        yield from map(_category, Category.objects.filter(pk__in=categories))
        self._notes = dict(ContentNote.objects.values_list("pk", "public_id"))
        yield from map(_note, ContentNote.objects.filter(pk__in=self._notes))
        if self._has_accounts:
            recovery = RecoveryWords.objects.filter(member=OuterRef("pk")).values("digest")
            users = User.objects.annotate(recovery=Subquery(recovery)).order_by("pk")
            for user in users.iterator(_ROWS):
                self._accounts.add(user.pk)
                yield _account(user, user.recovery)
        if self._has_authorship:
            yield from map(_record, SealedRecord.objects.exclude(content=b"").order_by("lookup").iterator(_ROWS))
        for thread in Thread.objects.filter(category__in=categories).order_by("activity", "pk").iterator(_ROWS):
            yield self._thread(thread, categories[thread.category_id])
            yield from self._posts(thread)

    def _thread(self, thread: Thread, category_id: str) -> str:
        return line_of(
            "thread",
            id=thread.public_id,
            number=thread.pk if self._has_authorship else None,
            category=category_id,
            locked=thread.is_locked,
            pinned=thread.is_pinned,
            slow_minutes=thread.slow_minutes,
            paused=thread.is_paused,
            reply_wish=thread.reply_wish,
            reply_limits=thread.reply_limits,
            active_on=thread.active_on.isoformat(),
            story_on=thread.story_on.isoformat() if thread.story_on else None,
            began_elsewhere=thread.began_elsewhere,
            old_addresses=sorted(thread.old_addresses.values_list("digest", flat=True)),
            source_digest=thread.source_digest,
        )

    def _posts(self, thread: Thread) -> Iterator[str]:
        """Each name right before the first post under it."""
        named: set[int] = set()
        posts = thread.posts.order_by("seq").select_related("parent", "thread_pseudonym", "quote__quoted")
        for post in posts.prefetch_related("revisions", "reactions", "carried_notes").iterator(_ROWS):
            person = post.thread_pseudonym
            if person is not None and person.pk not in named:
                named.add(person.pk)
                yield line_of(
                    "name",
                    thread=thread.public_id,
                    name=person.name,
                    number=person.pk if self._has_authorship else None,
                    tag=person.tag if self._has_authorship else None,
                )
            yield self._post(thread, post)

    def _post(self, thread: Thread, post: Post) -> str:
        reactions = [
            [each.kind, each.tag, base64.b64encode(each.giver).decode()] if self._has_authorship else [each.kind]
            for each in post.reactions.all()
        ]
        return line_of(
            "post",
            id=post.public_id,
            thread=thread.public_id,
            answers=post.parent.public_id if post.parent else None,
            name=post.thread_pseudonym.name if post.thread_pseudonym else None,
            account=post.author_id if post.author_id in self._accounts else None,
            state=PostState.HELD if post.state == PostState.SCHEDULED else post.state,
            title=post.title,
            text=post.source,
            word_to_author=post.word_to_author,
            flag=post.flag,
            version=post.version,
            day=(today() if post.is_put_off else post.written_on).isoformat(),
            edited=post.is_edited,
            notes=sorted(
                [self._notes[carried.note_id], carried.is_by_moderator]
                for carried in post.carried_notes.all()
                if carried.note_id in self._notes
            ),
            before=[
                [revision.number, revision.title, revision.source, revision.replaced_on.isoformat()]
                for revision in sorted(post.revisions.all(), key=lambda revision: revision.number)
            ],
            reactions=sorted(reactions),
            quote=[quote.quoted.public_id, quote.passage] if (quote := getattr(post, "quote", None)) else [],
        )


def _category(category: Category) -> str:
    return line_of(
        "category",
        id=category.public_id,
        title=category.title,
        description=category.description,
        position=category.position,
        members_only=category.is_members_only,
        premoderated=category.is_premoderated,
        feed=category.has_feed,
        slow_minutes=category.slow_minutes,
    )


def _note(note: ContentNote) -> str:
    return line_of(
        "note",
        id=note.public_id,
        shipped=note.shipped,
        title=note.title,
        position=note.position,
        offered=note.is_offered,
    )


def _account(user: User, recovery: str | None) -> str:
    """Nobody comes in as a moderator: who may open the desk is decided on the machine."""
    return line_of(
        "account",
        number=user.pk,
        username=user.username,
        pseudonym=user.pseudonym,
        password=user.password,
        recovery=recovery,
        active=user.is_active,
    )


def _record(record: SealedRecord) -> str:
    return line_of(
        "record",
        lookup=record.lookup,
        content=base64.b64encode(record.content).decode(),
        forget_on=record.forget_on.isoformat() if record.forget_on else None,
    )
