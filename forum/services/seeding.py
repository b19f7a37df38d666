"""Seeding a thread from an article and its comment section, copied from a page as plain text.

Commenters' names are replaced before anything is stored, and nobody holds the new ones: the tags of imported posts
are made from random identities that are forgotten at once.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import new_guest_identity
from common.days import today
from common.errors import Invalid
from forum import signals
from forum.importing.article import Article, Comment, canonical_bytes, parse_article, with_names_replaced
from forum.models import Category, Post, Thread, ThreadPseudonym
from forum.screening import Verdict
from forum.services.anonymity import pseudonym_in
from forum.services.posts import next_path
from forum.services.visibility import publish_post
from forum.text import RENDERER_VERSION, clean_source, clean_title, render_post

MAX_ARTICLE_CHARS = 100_000


class CategoryUnknown(Invalid):
    code = "category-unknown"
    message = _("There is no such category. Make it in the admin first, or name another.")


@dataclass(frozen=True, slots=True)
class SeedReport:
    """`thread_id` is None in a dry run; `is_new` is False when this page was imported before."""

    posts: int
    replies_to_comments: int
    names_replaced: int
    thread_id: str | None
    is_new: bool


def seed_article(text: str, *, category: Category, actor: None, dry_run: bool = False) -> SeedReport:
    """The article as opening post, each comment a reply, nested replies nested; all published. `actor` is the system.

    Raises NotAnArticlePage. The same page again, its spacing and numbers apart, adds nothing.
    """
    article = parse_article(text)
    digest = _digest(article)
    known = Thread.objects.filter(source_digest=digest).first()
    report = SeedReport(
        posts=1 + sum(1 for _comment in _all(article.comments)),
        replies_to_comments=sum(1 for comment in _all(article.comments) for _reply in comment.replies),
        names_replaced=sum(1 for comment in _all(article.comments) if comment.name),
        thread_id=known.public_id if known else None,
        is_new=known is None,
    )
    if dry_run or known:
        return report
    with transaction.atomic():
        thread = Thread.objects.create(category=category, active_on=today(), source_digest=digest)
        people = {name: _somebody(thread) for name in article.named()}
        anonymous = with_names_replaced(article, {name: person.name for name, person in people.items()})
        opening = _add(thread, None, _somebody(thread), anonymous.title, anonymous.body)
        _add_all(thread, opening, article.comments, anonymous.comments, people)
    return SeedReport(report.posts, report.replies_to_comments, report.names_replaced, thread.public_id, is_new=True)


def category_named(name: str | None) -> Category:
    """By title or public id; the first category where none is named. Raises CategoryUnknown."""
    if name is None:
        found = Category.objects.first()
    else:
        found = Category.objects.filter(title__iexact=name).first() or Category.objects.filter(public_id=name).first()
    if found is None:
        raise CategoryUnknown
    return found


def _all(comments: tuple[Comment, ...]) -> Iterator[Comment]:
    for comment in comments:
        yield comment
        yield from _all(comment.replies)


def _add_all(
    thread: Thread,
    parent: Post,
    comments: tuple[Comment, ...],
    anonymous: tuple[Comment, ...],
    people: dict[str, ThreadPseudonym],
) -> None:
    """`anonymous` are the same comments with names replaced; `comments` still say whose are one person's."""
    for comment, shown in zip(comments, anonymous, strict=True):
        person = people.get(comment.name or "") or _somebody(thread)
        post = _add(thread, parent, person, "", shown.text)
        _add_all(thread, post, comment.replies, shown.replies, people)


def _digest(article: Article) -> str:
    """43 characters. Taken with the names replaced: with them, whoever has the text could try names on it."""
    nameless = with_names_replaced(article, {name: f"Person {at}" for at, name in enumerate(article.named())})
    return base64.urlsafe_b64encode(hashlib.sha256(canonical_bytes(nameless)).digest()).rstrip(b"=").decode()


def _somebody(thread: Thread) -> ThreadPseudonym:
    """A name of this thread that nobody can ever speak under again."""
    return pseudonym_in(thread, new_guest_identity())


def _add(thread: Thread, parent: Post | None, person: ThreadPseudonym, title: str, text: str) -> Post:
    source = clean_source(text, max_chars=MAX_ARTICLE_CHARS)
    thread.refresh_from_db(fields=["last_seq"])
    thread.last_seq += 1
    thread.save(update_fields=["last_seq"])
    if parent is not None:
        parent.refresh_from_db(fields=["children"])
    post = Post.objects.create(
        thread=thread,
        parent=parent,
        path=next_path(thread, parent),
        seq=thread.last_seq,
        thread_pseudonym=person,
        title=clean_title(title),
        source=source,
        html=render_post(source),
        renderer_version=RENDERER_VERSION,
        written_on=today(),
    )
    post = publish_post(post, actor=None)
    signals.post_written.send(Post, post=post, verdict=Verdict())
    return post
