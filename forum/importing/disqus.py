"""A Disqus export (Moderation, Export), read as it comes: all threads, then all posts.

Accounts and mail addresses tell people apart while the file is read; IP addresses and times are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from forum.importing.blog import Page, Person, Remark, Skipped, day_of, old_address, person_of
from forum.importing.blog_xml import Element, elements
from forum.importing.markdown import line_from_html


def read_disqus(file: BinaryIO) -> Iterator[Page | Remark]:
    """Each page before its remarks. Raises BlogFileBroken."""
    pages: dict[str, Skipped | None] = {}
    for element in elements(file, root="disqus", wanted={"thread", "post"}):
        if element.outer is None or element.outer.tag != "disqus":
            continue  # the <thread> in a post says only which
        if element.tag == "thread":
            page = _page(element, len(pages) + 1)
            pages.setdefault(page.key, page.skipped)
            yield page
        else:
            yield _remark(element, pages)


def _page(thread: Element, number: int) -> Page:
    texts = thread.texts
    link = texts.get("link", "").strip()
    address = old_address(link)
    return Page(
        site=texts.get("forum", "").strip(),
        key=thread.id or link or f"thread {number}",
        title=line_from_html(texts.get("title", "")),
        html=texts.get("message", ""),
        addresses=(address,) if address else (),
        written_on=day_of(texts.get("createdAt", "")),
        author=_person(thread),
        skipped=_skipped(texts),
    )


def _remark(post: Element, pages: dict[str, Skipped | None]) -> Remark:
    page_key = post.ids.get("thread", "")
    return Remark(
        page_key=page_key,
        key=post.id,
        answers=post.ids.get("parent", ""),
        person=_person(post),
        html=post.texts.get("message", ""),
        written_on=day_of(post.texts.get("createdAt", "")),
        skipped=_skipped(post.texts) or pages.get(page_key, Skipped.NO_PAGE),
    )


def _person(element: Element) -> Person:
    texts = element.inner.get("author", {})
    username = texts.get("username", "").strip()
    return person_of(
        texts.get("name", ""),
        username,
        mail=texts.get("email", ""),
        account=f"@{username.casefold()}" if username else "",
    )


def _skipped(texts: dict[str, str]) -> Skipped | None:
    if texts.get("isSpam", "").strip() == "true":
        return Skipped.SPAM
    if texts.get("isDeleted", "").strip() == "true":
        return Skipped.REMOVED
    return Skipped.WAITING if texts.get("isApproved", "").strip() == "false" else None
