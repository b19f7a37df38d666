"""Bringing in a blog: its pages become threads, the comments below them posts, under names that nobody holds.

The file is read twice: first whole, so that a broken one changes nothing and everybody's names are known before a word
is stored; then thread by thread, in short transactions, while the site goes on. The names of all who wrote are taken
out of every text, also of those who wrote below another page.

What came in before is known by a sealed record for each page: which comment of the blog became which post. It holds no
name, and without the seal key it says not even of which page it is.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import sealed_records
from common.days import today
from common.public_id import new_public_id
from forum.importing.blog import Page, Remark, Skipped
from forum.importing.markdown import markdown_from_html, plain_from_html
from forum.importing.survey import Note, Survey
from forum.models import Category, Thread, ThreadPseudonym
from forum.services.bringing_in import (
    MAX_CHARS,
    Arrival,
    arrival,
    bring_in_posts,
    bring_in_thread,
    settle_search,
    strangers_in,
)
from forum.services.old_addresses import keep_old_addresses
from forum.text import MAX_TITLE_CHARS, TextEmpty, TextTooTangled, clean_source

# Of a page of a blog: its thread's id, and which comment became which post.
IMPORTED = sealed_records.Kind(
    "imported",
    what="which comment of a blog that was brought in became which post, without anybody's name",
    kept="as long as the forum, so that nothing is brought in twice",
    copied="no: nobody's account is in it",
    erased="it is nobody's account, so it stays; what was brought in stands under names that nobody holds",
    is_of_identity=False,
)

_AT_ONCE = 200  # posts of one thread a transaction
_IN_MEMORY = 1_000  # posts that wait for theirs

Blog = Callable[[], Iterable[Page | Remark]]
Tell = Callable[[int, int], None]


@dataclass(slots=True)
class BlogReport:
    """`threads` and `posts` are what was added, or would be; `posts` without the opening ones."""

    threads: int = 0
    posts: int = 0
    answers_to_comments: int = 0
    here_already: int = 0
    names_replaced: int = 0  # people who had one
    lost_parents: int = 0  # answers to what the file does not hold: they answer the page now
    unreadable: int = 0  # no words in them, or more than a post may have
    twice: int = 0
    damaged: int = 0  # texts with characters that the file's encoding could not hold
    skipped: Counter[Skipped] = field(default_factory=Counter)
    skipped_pages: Counter[Skipped] = field(default_factory=Counter)


def import_blog(
    blog: Blog, *, kind: str, category: Category, actor: None, dry_run: bool = False, tell: Tell | None = None
) -> BlogReport:
    """`blog` reads the file from its beginning each time; `kind` is what wrote it. `actor` is the system.

    Raises BlogFileBroken, and has changed nothing then. Again, it adds what is new. Memory grows with the number of
    comments, by some hundred bytes each, and not with their texts; of those that stand before what they answer the
    texts too. `tell` hears how many of how many comments are done.
    """
    survey = Survey(blog())
    moving = _Moving(survey, kind, category, dry_run=dry_run)
    at = 0
    for each in blog():
        if isinstance(each, Page):
            moving.bring_page(each)
            continue
        moving.bring_remark(at, each)
        at += 1
        if tell is not None:
            tell(at, len(survey.notes))
    moving.finish()
    if not dry_run and (moving.report.threads or moving.report.posts):
        settle_search()
    return moving.report


@dataclass(slots=True)
class _Moved:
    """A page that is a thread by now. `posts` are those that stand; `waiting` those still to be saved."""

    owner: str
    thread: Thread | None  # None in a dry run
    author: str
    day: dt.date
    people: dict[str, ThreadPseudonym]
    here: frozenset[str]
    nobodies: list[ThreadPseudonym]
    posts: dict[str, str]
    opening: str = ""
    waiting: list[tuple[str, Arrival]] = field(default_factory=list)


class _Moving:
    def __init__(self, survey: Survey, kind: str, category: Category, *, dry_run: bool) -> None:
        self.report = BlogReport(lost_parents=survey.lost_parents)
        self._survey = survey
        self._kind = kind
        self._category = category
        self._dry_run = dry_run
        self._pages: dict[str, _Moved] = {}
        self._places: list[str | None] = [None] * len(survey.notes)  # the id of the post that each comment became
        self._early: defaultdict[int, list[tuple[int, Remark]]] = defaultdict(list)  # before what they answer
        self._in_memory = 0

    def bring_page(self, page: Page) -> None:
        notes = self._survey.of_page[page.key]
        is_worth_it = page.html.strip() or any(not note.is_left_out for note in notes)
        if page.skipped or not is_worth_it:
            self.report.skipped_pages[page.skipped or Skipped.OTHER_KIND] += 1
        elif page.key not in self._pages:
            self._pages[page.key] = self._moved(page)

    def bring_remark(self, at: int, remark: Remark) -> None:
        if remark.skipped:
            self.report.skipped[remark.skipped] += 1
        if self._survey.notes[at].is_twice:
            self.report.twice += 1
            return
        waiting = [(at, remark)]
        while waiting:
            at, remark = waiting.pop()
            answers = self._survey.notes[at].answers
            answered = "" if answers is None else self._places[answers]
            if answered is None:
                self._early[answers or 0].append((at, remark))
                continue
            self._places[at] = self._bring(self._survey.notes[at], remark, answered)
            waiting += reversed(self._early.pop(at, []))

    def finish(self) -> None:
        for moved in self._pages.values():
            self._save(moved)

    def _bring(self, note: Note, remark: Remark, answered: str) -> str:
        """The id of the post it is now; where it is left out, that of what it answers, which its answers then do.

        An empty id stands for the page.
        """
        moved = self._pages.get(note.page_key)
        if note.is_left_out or moved is None:
            return answered
        if (known := moved.posts.get(note.key)) is not None:
            self.report.here_already += 1
            return known
        text = self._words(moved, remark.html)
        if text is None:
            self.report.unreadable += 1
            return answered
        day = remark.written_on or moved.day
        post = self._post(moved, text, note.person, answers=answered or moved.opening, day=day)
        self.report.posts += 1
        self.report.answers_to_comments += answered != ""
        moved.posts[note.key] = post.public_id
        moved.waiting.append((note.key, post))
        self._in_memory += 1
        if len(moved.waiting) >= _AT_ONCE:
            self._save(moved)
        elif self._in_memory >= _IN_MEMORY:
            self.finish()
        return post.public_id

    def _moved(self, page: Page) -> _Moved:
        owner = f"{self._kind} {page.site} {page.key}"
        notes = [note for note in self._survey.of_page[page.key] if not (note.is_left_out or note.is_twice)]
        here = frozenset({page.author.key, *(note.person for note in notes)} - {""})
        known = sealed_records.read(IMPORTED, owner) or {}
        thread = Thread.objects.filter(public_id=known.get("thread")).first()
        moved = _Moved(
            owner=owner,
            thread=thread,
            author=page.author.key,
            day=page.written_on or today(),
            people={},
            here=here,
            nobodies=[],
            posts=dict(known["posts"]) if thread else {},
        )
        if thread is None:
            self.report.threads += 1
        new = [note for note in notes if note.key not in moved.posts]
        if self._dry_run:
            named = {note.person for note in notes if note.key in moved.posts} | (
                {page.author.key} if thread else set()
            )
            self.report.names_replaced += len({page.author.key, *(note.person for note in new)} - named - {""})
            return moved
        with transaction.atomic():
            self._open(moved, page, notes, new)
        return moved

    def _open(self, moved: _Moved, page: Page, notes: list[Note], new: list[Note]) -> None:
        is_new = moved.thread is None
        thread = moved.thread or bring_in_thread(self._category, active_on=moved.day, began_elsewhere=True)
        moved.thread = thread
        if not is_new:
            self._remember_people(moved, thread, notes)
        nameless = sum(1 for note in new if not note.person) + (is_new and not moved.author)
        wanted = dict.fromkeys(note.person for note in new if note.person) | (
            {moved.author: None} if is_new and moved.author else {}
        )
        missing = [person for person in wanted if person not in moved.people]
        strangers = strangers_in(thread, len(missing) + nameless)
        moved.people |= zip(missing, strangers, strict=False)
        moved.nobodies = strangers[len(missing) :]
        self.report.names_replaced += len(missing)
        if is_new:
            opening = self._opening(moved, page)
            moved.opening = opening.public_id
            bring_in_posts(thread, [opening])
            sealed_records.write(IMPORTED, moved.owner, {"thread": thread.public_id, "posts": {}})
        keep_old_addresses(thread, page.addresses)

    def _remember_people(self, moved: _Moved, thread: Thread, notes: list[Note]) -> None:
        """Whoever wrote here before goes on under the name they had: it is that of the post they wrote."""
        names = dict(
            thread.posts.exclude(thread_pseudonym=None).values_list("public_id", "thread_pseudonym").iterator()
        )
        rows = thread.pseudonyms.in_bulk(set(names.values()))
        opening = thread.posts.get(parent=None)
        moved.opening = opening.public_id
        for person, post_id in [(moved.author, opening.public_id)] + [
            (note.person, moved.posts[note.key]) for note in notes if note.key in moved.posts
        ]:
            if person and post_id in names:
                moved.people[person] = rows[names[post_id]]

    def _opening(self, moved: _Moved, page: Page) -> Arrival:
        title = self._nameless(moved, page.title, markdown=False) or _("A conversation")
        if len(title) > MAX_TITLE_CHARS:
            title = title[: MAX_TITLE_CHARS - 1].rpartition(" ")[0] + "…"
        words = _("This conversation began below a page that stood elsewhere.")
        text = self._words(moved, page.html)
        self.report.unreadable += text is None and page.html.strip() != ""
        return self._post(moved, text or words, moved.author, answers=None, day=moved.day, title=title)

    def _words(self, moved: _Moved, html: str) -> str | None:
        """Nameless Markdown; None where there are no words, or more marks than a post may have even without any."""
        self.report.damaged += "\ufffd" in html
        for as_markdown in (markdown_from_html, plain_from_html):
            text = self._nameless(moved, as_markdown(html), markdown=True)
            try:
                return clean_source(_fitting(text), max_chars=MAX_CHARS)
            except TextTooTangled:
                continue
            except TextEmpty:
                return None
        return None

    def _post(
        self, moved: _Moved, text: str, person: str, *, answers: str | None, day: dt.date, title: str = ""
    ) -> Arrival:
        if self._dry_run:
            return Arrival(new_public_id(), answers, text, "", day)
        name = moved.people[person] if person else moved.nobodies.pop()
        return arrival(text, answers=answers, person=name, written_on=day, title=title)

    def _nameless(self, moved: _Moved, text: str, *, markdown: bool) -> str:
        def name_of(person: str) -> str:
            if moved.thread is None:
                return "…"
            if person not in moved.people:  # somebody who wrote below another page only
                moved.people[person] = strangers_in(moved.thread, 1)[0]
            return moved.people[person].name

        return self._survey.search.replaced(text, name_of, markdown=markdown, here=moved.here)

    def _save(self, moved: _Moved) -> None:
        if moved.waiting and moved.thread is not None:
            with transaction.atomic():
                bring_in_posts(moved.thread, [post for _key, post in moved.waiting])
                with sealed_records.changing(IMPORTED, moved.owner, dict[str, Any]) as known:
                    known["posts"] |= {key: post.public_id for key, post in moved.waiting}
        self._in_memory -= len(moved.waiting)
        moved.waiting.clear()


def _fitting(text: str) -> str:
    """What is longer than any post, a book below a page, ends with its last whole paragraph that fits."""
    if len(text) <= MAX_CHARS:
        return text
    return text[: text.rfind("\n\n", 0, MAX_CHARS - 3)] + "\n\n…"
