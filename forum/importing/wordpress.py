"""A WordPress export (WXR 1.0 to 1.2: Tools, Export, All content), read as it comes.

What an item says of itself stands before its comments, as WordPress writes it. Accounts and mail addresses tell people
apart while the file is read; IP addresses, web addresses and times are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from forum.importing.blog import Page, Person, Remark, Skipped, day_of, old_address, person_of, site_of
from forum.importing.blog_xml import Element, elements
from forum.importing.markdown import line_from_html

_SHORTCODE = re.compile(r"\[/?(?:caption|wp_caption|gallery|embed|video|audio|playlist|more)\b[^\]\n]{0,500}\]")
_COMMENTS = {"", "comment"}  # other types are pings, or notes of plugins
_NOT_APPROVED = {"0": Skipped.WAITING, "hold": Skipped.WAITING, "spam": Skipped.SPAM}


def read_wordpress(file: BinaryIO) -> Iterator[Page | Remark]:
    """Each page before its remarks. Raises BlogFileBroken."""
    authors = _Authors()
    page: Page | None = None  # of the item that is open
    items = 0
    for element in elements(file, root="rss", wanted={"wp:author", "item", "wp:comment"}):
        if element.tag == "wp:author":
            authors.add(element.texts)
        elif element.outer is None or (element.tag == "wp:comment" and element.outer.tag != "item"):
            continue
        elif element.tag == "wp:comment":
            if page is None:
                items += 1
                page = _page(element.outer, authors, items)
                yield page
            yield _remark(page, element.texts, authors)
        else:
            if page is None:
                items += 1
                page = _page(element, authors, items)
                # A page of the site itself ("About") is a thread only where somebody said something.
                is_aside = element.texts.get("wp:post_type", "").strip() == "page"
                yield replace(page, skipped=Skipped.OTHER_KIND) if is_aside else page
            page = None


class _Authors:
    """Who has an account on the blog: whatever they are called there, and whatever they sign with, is one person."""

    def __init__(self) -> None:
        self._by_login: dict[str, Person] = {}
        self._by_mail: dict[str, str] = {}

    def add(self, texts: dict[str, str]) -> None:
        login, mail = (texts.get(f"wp:author_{name}", "").strip() for name in ("login", "email"))
        first, last = (texts.get(f"wp:author_{name}", "") for name in ("first_name", "last_name"))
        number = texts.get("wp:author_id", "").strip()
        account = f"user {number}" if number else f"login {login}"
        names = (texts.get("wp:author_display_name", ""), f"{first} {last}", login)
        self._by_login[login] = person_of(*names, mail=mail, account=account)
        if mail:
            self._by_mail[mail.casefold()] = account

    def by_login(self, login: str) -> Person:
        return self._by_login.get(login) or person_of(login, account=f"login {login}" if login else "")

    def of_comment(self, texts: dict[str, str]) -> Person:
        mail, number = (texts.get(f"wp:comment_{name}", "").strip() for name in ("author_email", "user_id"))
        account = f"user {number}" if number not in {"", "0"} else self._by_mail.get(mail.casefold(), "")
        return person_of(texts.get("wp:comment_author", ""), mail=mail, account=account)


def _page(item: Element, authors: _Authors, number: int) -> Page:
    texts = item.texts
    link, guid = texts.get("link", ""), texts.get("guid", "")
    blog = item.outer.texts if item.outer else {}
    return Page(
        site=site_of(blog.get("wp:base_blog_url") or blog.get("link") or link),
        key=texts.get("wp:post_id", "").strip() or link.strip() or f"item {number}",
        title=line_from_html(texts.get("title", "")),
        html=_SHORTCODE.sub("", texts.get("content:encoded", "")),
        addresses=tuple(filter(None, dict.fromkeys(map(old_address, (link, guid))))),
        written_on=day_of(texts.get("wp:post_date", "")) or day_of(texts.get("wp:post_date_gmt", "")),
        author=authors.by_login(texts.get("dc:creator", "").strip()),
        skipped=_page_skipped(texts),
    )


def _page_skipped(texts: dict[str, str]) -> Skipped | None:
    if texts.get("wp:post_type", "post").strip() not in {"post", "page"}:
        return Skipped.OTHER_KIND
    if texts.get("wp:status", "publish").strip() == "trash":
        return Skipped.REMOVED
    is_public = texts.get("wp:status", "publish").strip() == "publish" and not texts.get("wp:post_password", "").strip()
    return None if is_public else Skipped.NOT_PUBLIC


def _remark(page: Page, texts: dict[str, str], authors: _Authors) -> Remark:
    answers = texts.get("wp:comment_parent", "").strip()
    return Remark(
        page_key=page.key,
        key=texts.get("wp:comment_id", "").strip().lstrip("0"),
        answers="" if answers == "0" else answers,
        person=authors.of_comment(texts),
        html=texts.get("wp:comment_content", ""),
        written_on=day_of(texts.get("wp:comment_date", "")) or day_of(texts.get("wp:comment_date_gmt", "")),
        skipped=_remark_skipped(page, texts),
    )


def _remark_skipped(page: Page, texts: dict[str, str]) -> Skipped | None:
    if page.skipped:
        return page.skipped
    if texts.get("wp:comment_type", "").strip() not in _COMMENTS:
        return Skipped.PING
    approved = texts.get("wp:comment_approved", "1").strip()
    return None if approved in {"1", "approve", "approved"} else _NOT_APPROVED.get(approved, Skipped.REMOVED)
