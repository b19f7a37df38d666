"""Quotes that follow what they quote.

A quote says only what stands there: its words, blanks apart, must occur in the post as it is read, or it is refused.
Who may read it is whoever may read what it quotes (forum/queries.py). Erasing that post, or editing the words away,
empties the quote for good; hiding and taking back keep it from readers as long as they last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from common.errors import Invalid, NotFound
from forum.models import Quote
from forum.policies import can_read_post
from forum.services.idempotency import forget_answers
from forum.states import PostState
from forum.text import clean_line, words_as_read

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from forum.authorship import Reader
    from forum.models import Post

MAX_PASSAGE_CHARS = 1_000


class QuoteNotThere(Invalid):
    code = "quote-not-there"
    message = _(
        "These words do not stand there as you quote them. Take them over as they are, in one piece; what you leave "
        "out at the beginning and at the end is up to you."
    )


def clean_passage(passage: str) -> str:
    """One line of plain text; "" for none. Raises TextTooLong for the field "passage"."""
    return clean_line(passage, max_chars=MAX_PASSAGE_CHARS, field="passage")


def require_quotable(quoted: Post, passage: str, *, actor: Reader, thread_id: int) -> None:
    """Of the same thread, there for the actor, and said there. `quoted` was locked, or read under its thread's lock."""
    if quoted.thread_id != thread_id or quoted.state != PostState.PUBLISHED or not can_read_post(actor, quoted):
        raise NotFound
    if not is_said(passage, quoted):
        raise QuoteNotThere(fields={"passage": [QuoteNotThere.message]})


def keep_quote(post: Post, quoted: Post, passage: str) -> None:
    Quote.objects.create(post=post, quoted=quoted, passage=passage)


def drop_edited_quotes(post: Post) -> None:
    """After an edit, under the thread's lock: what it does not say any more is not quoted any more."""
    quotes = post.quotes.exclude(passage="")
    gone = [quote.pk for quote in quotes if not is_said(quote.passage, post)]
    if gone:
        empty_quotes(quotes.filter(pk__in=gone))


def empty_quotes(quotes: QuerySet[Quote]) -> None:
    """Their words are gone for good, also from answers that are kept for requests sent again."""
    forget_answers(list(quotes.values_list("post__public_id", flat=True)))
    quotes.update(passage="")


def quotable_words(post: Post) -> str:
    """All that could be quoted of it, as far as it fits."""
    return words_as_read(post.html).strip()[:MAX_PASSAGE_CHARS]


def is_said(passage: str, post: Post) -> bool:
    return passage in " ".join(words_as_read(post.html).split())
