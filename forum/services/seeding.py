"""Seeding a thread from an article and its comment section, copied from a page as plain text.

Commenters' names are replaced before anything is stored, and nobody holds the new ones.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Invalid
from forum.importing.article import Article, Comment, canonical_bytes, parse_article, with_names_replaced
from forum.models import Category, Thread, ThreadPseudonym
from forum.services.bringing_in import Arrival, arrival, bring_in_posts, bring_in_thread, strangers_in


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
        thread = bring_in_thread(category, active_on=today(), source_digest=digest, began_elsewhere=True)
        names = article.named()
        author, *people = strangers_in(thread, 1 + len(names))
        by_name = dict(zip(names, people, strict=True))
        anonymous = with_names_replaced(article, {name: person.name for name, person in by_name.items()})
        opening = arrival(anonymous.body, answers=None, person=author, written_on=today(), title=anonymous.title)
        nameless = sum(1 for comment in _all(article.comments) if not comment.name)
        strangers = iter(strangers_in(thread, nameless))
        answers = _answers(opening.public_id, article.comments, anonymous.comments, by_name, strangers)
        bring_in_posts(thread, [opening, *answers])
    return replace(report, thread_id=thread.public_id)


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


def _answers(
    answered: str,
    comments: tuple[Comment, ...],
    anonymous: tuple[Comment, ...],
    people: dict[str, ThreadPseudonym],
    strangers: Iterator[ThreadPseudonym],
) -> Iterator[Arrival]:
    """`anonymous` are the same comments with names replaced; `comments` still say whose are one person's."""
    for comment, shown in zip(comments, anonymous, strict=True):
        person = people[comment.name] if comment.name else next(strangers)
        post = arrival(shown.text, answers=answered, person=person, written_on=today())
        yield post
        yield from _answers(post.public_id, comment.replies, shown.replies, people, strangers)


def _digest(article: Article) -> str:
    """43 characters. Taken with the names replaced: with them, whoever has the text could try names on it."""
    nameless = with_names_replaced(article, {name: f"Person {at}" for at, name in enumerate(article.named())})
    return base64.urlsafe_b64encode(hashlib.sha256(canonical_bytes(nameless)).digest()).rstrip(b"=").decode()
