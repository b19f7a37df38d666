"""What a visit leaves behind, and what the site gives away without saying it (safety.md B, D, J, L, S).

A small community is built once, each persona walks through every page and endpoint that they can reach, and the rules
are held against everything that came back. What leaves no trace outside (the database, the cache, the log) is looked
at from inside, at the end of the file.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache as cache_of_calls
from functools import cached_property
from itertools import count, product
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, models, transaction
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User
from accounts.sessions import SessionStore
from common.days import today
from common.public_id import ALPHABET, LENGTH, new_public_id
from crisis.models import Kind, Pin, Resource
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post, ReactionKind, Thread
from forum.queries import pseudonyms_of
from forum.services.anonymity import new_guest
from forum.services.posts import edit_post, reply_to, start_thread
from forum.services.reactions import give_reaction
from forum.services.visibility import erase_post, hide_post, hold_post, publish_post, return_post, withdraw_post
from forum.states import PostState
from moderation.services.moderators import moderators
from moderation.services.reports import report_post
from tests.house.doors import Answer, Somebody, answer_of, guest, opened, signed_in, url_names, visitor
from tests.house.dump import dump_tables, pieces_of, rows_of, watched_log
from tests.personas import PASSWORD, answered_by, make_member, written_by

pytestmark = pytest.mark.django_db

SITE = "Notes"  # not the default, so that a name written into a template shows
NUMBERS_FROM = 7_000_000  # rows' numbers start here, so that one is known when it is met
ENOUGH = 6  # of each kind of address, for one persona
ENDING = {"/leave/", "/away/", "/come-back/"}
FOLLOWERS = ("visitor", "other member", "moderator")  # who might join two threads of one author
ROOT = Path(__file__).resolve().parents[2]


# --- The community ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Community:
    users: dict[str, User]
    codes: dict[str, str]
    about: dict[str, list[list[str]]]  # the addresses of each thread of each anonymous author
    threads: list[str]  # some ids, and of posts one for each state
    posts: list[str]
    numbers: set[str]

    def visits(self) -> dict[str, Somebody]:
        return {
            "visitor": visitor(),
            "guest": guest(self.codes["first guest"]),
            "member": opened(signed_in(self.users["first member"])),
            "other member": signed_in(self.users["other"]),
            "moderator": signed_in(self.users["moderator"]),
            "superuser": signed_in(self.users["superuser"]),
        }


def _raise_numbers() -> None:
    """Every table's next row gets a number that nothing else in a page looks like, a different range for each."""
    tables = {model._meta.db_table: model._meta.pk.column for model in apps.get_models() if _is_numbered(model)}
    with connection.cursor() as cursor:
        for place, (table, column) in enumerate(sorted(tables.items())):
            number = NUMBERS_FROM + 1_000 * place
            if connection.vendor == "postgresql":
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{table}"', column, number])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])


def _is_numbered(model: type[models.Model]) -> bool:
    return isinstance(model._meta.pk, models.AutoField)


def _numbers() -> set[str]:
    numbers = set()
    for model in apps.get_models():
        if _is_numbered(model):
            numbers |= set(model._default_manager.filter(pk__gt=NUMBERS_FROM).values_list("pk", flat=True))
    return {str(number) for number in numbers}


def _build() -> Community:
    _raise_numbers()
    users = {
        name: make_member(pseudonym)
        for name, pseudonym in {
            "first member": "maple orchard",
            "second member": "silver meadow",
            "other": "copper lantern",
            "kindly": "gentle brook",
            "lurker": "hidden quokka",
        }.items()
    }
    users["moderator"] = User.objects.create_user("desk one", PASSWORD, is_staff=True)
    users["moderator"].groups.add(moderators())
    users["superuser"] = User.objects.create_superuser("desk zero", PASSWORD)
    public = Category.objects.create(title="Stories", description="To be heard.", has_feed=True)
    members = Category.objects.create(title="Among us", is_members_only=True)
    claims = {"first guest": new_guest(), "second guest": new_guest()}
    codes = {name: claim.code for name, claim in claims.items()}
    authors = {
        "first member": Speaker(SpeaksAs.THREAD_PSEUDONYM, users["first member"]),
        "second member": Speaker(SpeaksAs.THREAD_PSEUDONYM, users["second member"]),
        "first guest": Speaker(SpeaksAs.GUEST, guest=claims["first guest"].guest),
        "second guest": Speaker(SpeaksAs.GUEST, guest=claims["second guest"].guest),
    }
    for name in ("first member", "second member", "kindly"):
        publish_post(written_by(users[name], public, title="Hello", text="My first words here."), actor=None)
    about: dict[str, list[list[str]]] = {name: [] for name in authors}
    for _round in range(4):
        for name, speaker in authors.items():
            about[name].append(_conversation(public, speaker, users))
    in_public = _every_state(public, authors["first member"], users)
    among_members = _every_state(members, Speaker(SpeaksAs.PSEUDONYM, users["first member"]), users)
    Pin.objects.create(
        resource=Resource.objects.create(
            slug="zz-list",
            country="ZZ",
            name="A list of lines",
            kind=Kind.DIRECTORY,
            web_url="https://lines.example.org/",
            reader_note="Open at all hours.",
        )
    )
    threads = [in_public[0].thread, among_members[0].thread, Thread.objects.earliest("activity")]
    return Community(
        users=users,
        codes=codes,
        about=about,
        threads=[thread.public_id for thread in threads],
        posts=[post.public_id for post in in_public],
        numbers=_numbers(),
    )


_stories = count(1)


def _conversation(category: Category, speaker: Speaker, users: dict[str, User]) -> list[str]:
    """A story, an answer, a word of thanks for it, and somebody who reports it; the same words in each."""
    text = "A *quiet* story, with a [page](https://elsewhere.example.org/page) I read."
    opening = _published(start_thread(category, actor=speaker, title=f"Story {next(_stories)}", text=text).post)
    answer = answered_by(users["kindly"], opening)
    _published(reply_to(answer, actor=speaker, text="Thank you for that.").post)
    for kind in ReactionKind:
        give_reaction(opening, kind, actor=Reader(users["kindly"]))
    case = report_post(opening, actor=f"member:{users['other'].pk}", reason="OTHER", text="Please look.").case
    thread = opening.thread.public_id
    return [
        f"/t/{thread}/",
        f"/t/{thread}/?view=flat",
        f"/api/v1/threads/{thread}/",
        f"/api/v1/threads/{thread}/posts/",
        reverse("admin:moderation_case_change", args=[case.pk]),
    ]


def _published(post: Post) -> Post:
    return publish_post(post, actor=None) if post.state == PostState.HELD else post


def _every_state(category: Category, speaker: Speaker, users: dict[str, User]) -> list[Post]:
    """A story with two answers in each state, edited, one of them answered, reported, some not of today."""
    opening = _published(start_thread(category, actor=speaker, title="Many answers", text="Say what you think.").post)
    unanswered = []
    for place, state in enumerate([*PostState, *PostState]):
        post = reply_to(opening, actor=speaker, text="An answer that is not the last.").post
        author = Reader(speaker.member, opened=pseudonyms_of(post))
        post = _published(edit_post(post, actor=author, version=post.version, title="", text="Changed."))
        if place < len(PostState):
            answered_by(users["kindly"], post)
        else:
            unanswered.append(post)
        match state:
            case PostState.HELD:
                hold_post(post, actor=None)
            case PostState.RETURNED:
                return_post(post, actor=users["moderator"], word="Please leave out the name.")
            case PostState.HIDDEN:
                hide_post(post, actor=users["moderator"], word="It names somebody.")
            case PostState.WITHDRAWN:
                withdraw_post(post, actor=author)
            case PostState.ERASED:
                erase_post(post, actor=author)
        report_post(post, actor=f"member:{users['other'].pk}", reason="OTHER", text="Please look.")
    long_ago = today().replace(year=today().year - 1)
    Post.objects.filter(thread=opening.thread, seq__lt=6).update(written_on=long_ago)
    return unanswered


# --- The walk ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    persona: str
    what: str  # the method and URL, or the mishap
    url: str
    answer: Answer

    @property
    def is_admin(self) -> bool:
        return self.url.startswith("/admin/")

    @property
    def is_away(self) -> bool:
        """The way out itself, whose answers have a rule of their own."""
        return self.url in {"/leave/", "/away/"}

    @cached_property
    def page(self) -> Element | None:
        if not self.answer.is_html or not self.answer.body:
            return None
        page: Element = html5lib.parse(self.answer.body, treebuilder="etree", namespaceHTMLElements=False)
        return page

    def elements(self) -> Iterator[Element]:
        if self.page is not None:
            yield from self.page.iter()

    def __str__(self) -> str:
        return f"{self.persona}: {self.what} ({self.answer.status})"


@dataclass(frozen=True, slots=True)
class Walk:
    seen: list[Seen]
    numbers: set[str]
    about: dict[str, list[list[str]]]
    pseudonyms: set[str]

    def outside_the_desk(self) -> list[Seen]:
        return [each for each in self.seen if not each.is_admin]

    def pages(self) -> list[Seen]:
        return [each for each in self.seen if each.page is not None]

    def answer(self, persona: str, url: str) -> Answer:
        return next(each.answer for each in self.seen if each.persona == persona and each.what == f"GET {url}")


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Walk:
    """Built, walked and rolled back before the first test: they read what came back."""
    cache.clear()
    with (
        override_settings(SITE_NAME=SITE, FORUM_PAGE_SIZE=5, ROOT_URLCONF="tests.house.broken_urls"),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        community = _build()
        visits = community.visits()
        seen: list[Seen] = []
        addresses = _addresses(community)
        always = {url for threads in community.about.values() for urls in threads for url in urls}
        for persona, somebody in visits.items():
            seen += _walk(persona, somebody, addresses, always if persona in FOLLOWERS else set())
        seen += _mishaps(visits)
        made = Walk(
            seen=seen,
            numbers=community.numbers,
            about=community.about,
            pseudonyms={user.pseudonym for user in community.users.values()},
        )
        transaction.set_rollback(True)
    return made


def _addresses(community: Community) -> list[str]:
    """Every URL, with what is there, and each list in each of its forms."""
    objects = {
        "category_id": [*Category.objects.values_list("public_id", flat=True)],
        "thread_id": community.threads,
        "post_id": community.posts,
    }
    urls = []
    for name, (argument, values) in product(url_names(), [("", [""]), *objects.items()]):
        try:
            urls += [reverse(name, kwargs={argument: value} if argument else {}) for value in values]
        except NoReverseMatch:
            continue
    urls += [f"/t/{thread}/?view=flat" for thread in community.threads]
    urls += [f"/api/v1/threads/{thread}/posts/?view=flat&page_size=2" for thread in community.threads]
    urls.append(reverse("api:post-reaction", args=[community.posts[0], ReactionKind.BELIEVE]))
    return [*urls, "/api/v1/threads/?page_size=3", "/help/?country=GB&kind=b"]


def _walk(persona: str, somebody: Somebody, addresses: list[str], always: set[str]) -> Iterator[Seen]:
    """Every address, every link on its page, every form sent empty; of each kind of address as many as differ."""
    waiting = [*addresses, *sorted(always)]
    known, asked, sent = set(waiting), Counter[str](), set[str]()
    while waiting:
        url = waiting.pop(0)
        path = url.partition("?")[0]
        kind = _kind_of(path)
        asked[kind] += 1
        if asked[kind] > ENOUGH and url not in always:
            continue
        seen = Seen(persona, f"GET {url}", path, _undone(somebody, url) if path in ENDING else somebody.ask(url))
        yield seen
        links = dict.fromkeys(_links(seen))
        waiting += [link for link in links if link not in known]
        known |= set(links)
        for form in dict.fromkeys(_forms(seen)):
            if _kind_of(form) not in sent:
                sent.add(_kind_of(form))
                yield Seen(persona, f"POST {form}", form, _undone(somebody, form, "POST"))


def _undone(somebody: Somebody, url: str, method: str = "GET") -> Answer:
    """What is answered to something that would change or end this visit; then it never was."""
    with transaction.atomic():
        answer = somebody.again().ask(url, method)
        transaction.set_rollback(True)
    return answer


@cache_of_calls
def _kind_of(path: str) -> str:
    try:
        return resolve(path).route
    except Resolver404:
        return path


def _links(seen: Seen) -> Iterator[str]:
    base = seen.what.removeprefix("GET ")
    for element in seen.elements():
        if element.tag == "a" and (href := element.get("href", "")) and not href.startswith("#"):
            url = urljoin(base, href)
            is_sorting = seen.is_admin and "?" in url and "&p=" not in url
            if url.startswith("/") and not is_sorting:
                yield url.partition("#")[0]


def _forms(seen: Seen) -> Iterator[str]:
    for element in seen.elements():
        if element.tag == "form" and element.get("method", "get").lower() == "post" and not seen.is_admin:
            yield urljoin(seen.url, element.get("action") or seen.url)


def _mishaps(visits: dict[str, Somebody]) -> Iterator[Seen]:
    """Everything that can go wrong before, in and after a page."""
    for persona in ("visitor", "member", "moderator"):
        for what, (url, ask) in _MISHAPS.items():
            with transaction.atomic():
                cache.clear()  # so that each is refused for its own reason
                yield Seen(persona, what, url, answer_of(ask(_Mishap(visits[persona].again()), url)))
                transaction.set_rollback(True)


@dataclass(frozen=True, slots=True)
class _Mishap:
    somebody: Somebody

    def client(self, *, checks_tokens: bool = False, **headers: str) -> Client:
        client = Client(enforce_csrf_checks=checks_tokens, raise_request_exception=False, headers=headers)
        client.cookies = self.somebody.client.cookies
        return client

    def send(self, url: str, times: int, **data: str) -> HttpResponseBase:
        client = self.client()
        return [client.post(url, data) for _time in range(times)][-1]

    def send_json(self, url: str, times: int = 1, *, checks_tokens: bool = False) -> HttpResponseBase:
        client = self.client(checks_tokens=checks_tokens)
        return [client.post(url, "{", content_type="application/json") for _time in range(times)][-1]


_NOTHING = "0" * 14  # an id that nobody has
_MISHAPS: dict[str, tuple[str, Callable[[_Mishap, str], HttpResponseBase]]] = {
    "absent post": (f"/t/{_NOTHING}/", lambda its, url: its.client().get(url)),
    "absent address": ("/nowhere/", lambda its, url: its.client().get(url)),
    "absent in the API": ("/api/v1/nowhere/", lambda its, url: its.client().get(url)),
    "absent at the desk": ("/admin/moderation/case/1/change/", lambda its, url: its.client().get(url)),
    "wrong method": (f"/p/{_NOTHING}/erase/", lambda its, url: its.client().put(url)),
    "address of a button": (f"/p/{_NOTHING}/withdraw/", lambda its, url: its.client().get(url)),
    "form without its token": ("/claim/", lambda its, url: its.client(checks_tokens=True).post(url)),
    "API without a token": ("/api/v1/threads/", lambda its, url: its.send_json(url, checks_tokens=True)),
    "body that is no JSON": ("/api/v1/threads/", lambda its, url: its.send_json(url)),
    "from another site": ("/claim/", lambda its, url: its.client(sec_fetch_site="cross-site").post(url)),
    "wrong host": ("/", lambda its, url: its.client(host="elsewhere.example").get(url)),
    "too large": ("/claim/", lambda its, url: its.send(url, 1, code="x" * 600_000)),
    "too often": ("/claim/", lambda its, url: its.send(url, 11)),
    "too often at the door": ("/accounts/login/", lambda its, url: its.send(url, 31, login="x", password="y")),
    "too often in the API": (f"/api/v1/posts/{_NOTHING}/reports/", lambda its, url: its.send_json(url, 31)),
    "broken": ("/broken/", lambda its, url: its.client().get(url)),
    "broken in the API": ("/api/broken/", lambda its, url: its.client().get(url)),
    "wrong cursor": ("/?cursor=abc", lambda its, url: its.client().get(url)),
    "slash left out": ("/staying-safe", lambda its, url: its.client().get(url)),
}


def _hold(wrong: Iterable[tuple[Seen, object]]) -> None:
    """Fails with one example of each kind of address, so that it can be read."""
    told: dict[tuple[str, str], str] = {}
    for seen, what in wrong:
        told.setdefault((_kind_of(seen.url), seen.what.partition(" ")[0]), f"{seen}: {what}")
    assert not told, "\n".join(told.values())


# --- What was walked --------------------------------------------------------------------------------------------------


def test_the_walk_reached_every_url_and_met_every_kind_of_answer(walk: Walk) -> None:
    """Else the rules below could hold of nothing."""
    statuses = Counter(each.answer.status for each in walk.seen)
    assert {200, 302, 400, 401, 403, 404, 405, 413, 429, 500} <= set(statuses)
    assert all(statuses[status] >= 3 for status in (200, 302, 400, 403, 404, 405, 413, 429, 500))
    for page, *_others in walk.about["first member"]:
        assert walk.answer("other member", page).status == 200
    assert walk.answer("member", "/mine/").status == 200
    assert walk.answer("moderator", "/admin/moderation/auditentry/").status == 200  # signed in to the end
    assert any("?cursor=" in each.what for each in walk.pages())
    assert len(walk.numbers) > 200


# --- B: traces in the browser -----------------------------------------------------------------------------------------

TELLING = re.compile(
    r"abus|narciss|surviv|domestic|victim|violen|refuge|shelter|stalk|assault|harass|trauma|toxic|suicid|rape|batter",
    re.IGNORECASE,
)
# Ids, keys and cursors: sooner or later one of them spells a word.
RANDOM = re.compile(
    rf"(?<![{ALPHABET}])(?=[a-z]*\d)[{ALPHABET}]{{{LENGTH}}}(?![{ALPHABET}])|(?=[a-zA-Z_-]*\d)[\w-]{{30,}}"
)
HEAD_MAY_HOLD = {
    "title": set(),
    "meta": {"charset", "name", "content"},
    "link": {"rel", "href", "type"},
    "script": {"src", "defer", "async"},
}


def test_every_page_has_the_same_title(walk: Walk) -> None:
    wrong = []
    for each in walk.pages():
        titles = ["".join(element.itertext()) for element in each.elements() if element.tag == "title"]
        if titles != [SITE]:
            wrong.append((each, titles))
    _hold(wrong)


def test_no_head_holds_more_than_it_needs(walk: Walk) -> None:
    """No card for other sites, no manifest, no description, no canonical address."""
    wrong: list[tuple[Seen, object]] = []
    for each in walk.pages():
        for element in each.elements():
            if element.tag == "head":
                for child in element:
                    if set(child.attrib) - HEAD_MAY_HOLD.get(str(child.tag), set()) or child.tag not in HEAD_MAY_HOLD:
                        wrong.append((each, f"<{child.tag} {child.attrib}>"))
                    if child.tag == "meta" and child.get("name", "viewport") not in {"viewport", "robots"}:
                        wrong.append((each, child.attrib))
                    if child.tag == "link" and child.get("rel") not in {"icon", "stylesheet"}:
                        wrong.append((each, child.attrib))
    _hold(wrong)


def test_no_address_head_or_field_says_what_the_site_is_for(walk: Walk) -> None:
    wrong = []
    for each in walk.seen:
        own = [each.what, *each.answer.headers.values(), *each.answer.cookies.values()]
        for element in each.elements():
            addresses = [element.get(name, "") for name in ("href", "src", "action", "name", "id", "for")]
            own += [address for address in addresses if not _is_foreign(address)]
            if element.tag == "head":
                own += [
                    "".join(element.itertext()),
                    *(value for child in element.iter() for value in child.attrib.values()),
                ]
        if each.is_admin:
            own = [each.what]  # what a moderator's history keeps; the desk itself may call a thing by its name
        wrong += [(each, text) for text in own if TELLING.search(RANDOM.sub("", text))]
    _hold(wrong)


def test_every_page_may_say_only_its_own_origin_where_the_reader_came_from(walk: Walk) -> None:
    wrong = [
        (each, each.answer.headers.get("referrer-policy"))
        for each in walk.seen
        if each.answer.headers.get("referrer-policy") != ("no-referrer" if each.is_away else "same-origin")
    ]
    _hold(wrong)


def test_links_to_elsewhere_do_not_say_where_the_reader_came_from(walk: Walk) -> None:
    links = [
        (each, element)
        for each in walk.pages()
        for element in each.elements()
        if element.tag == "a" and _is_foreign(element.get("href", ""))
    ]
    assert len(links) > 20
    wrong = [
        (each, element.attrib)
        for each, element in links
        if not {"noreferrer", "nofollow", "noopener"} <= set(element.get("rel", "").split())
        or element.get("target")
        or element.get("ping")
    ]
    _hold(wrong)


def _is_foreign(address: str) -> bool:
    return bool(urlsplit(address).netloc)


def test_no_page_asks_another_host_for_anything(walk: Walk) -> None:
    wrong = []
    for each in walk.pages():
        for element in each.elements():
            for name in ("src", "href", "action", "srcset", "data", "poster", "formaction", "background", "manifest"):
                is_plain_link = element.tag == "a" and name == "href"
                if not is_plain_link and _is_foreign(element.get(name, "")):
                    wrong.append((each, f"<{element.tag} {name}={element.get(name)}>"))
    _hold(wrong)


def test_our_own_styles_and_scripts_ask_no_other_host_and_keep_nothing() -> None:
    files = [path for path in (ROOT / "static").rglob("*") if path.suffix in {".css", ".js"}]
    assert files
    for path in files:
        text = path.read_text()
        assert not re.search(r"https?://|url\(\s*['\"]?//|@import", text), path
        assert not re.search(r"localStorage|sessionStorage|indexedDB|serviceWorker|document\.cookie|caches\.", text), (
            path
        )


def test_a_visitor_who_reads_gets_no_cookie(walk: Walk) -> None:
    """Only a form needs one, for its token: to write, to search, to report, to sign in (by the API's door, too)."""
    with_a_form = re.compile(
        r"^/(new|search|without|reports|claim|accounts|away|leave|come-back|p/[^/]+/(reply|report)|api/auth/browser)/"
    )
    wrong = [
        (each, each.answer.cookies)
        for each in walk.seen
        if each.persona == "visitor" and each.answer.cookies and not with_a_form.match(each.url)
    ]
    _hold(wrong)


def test_nobody_has_more_than_two_cookies_and_their_names_are_dull(walk: Walk) -> None:
    names = {name for each in walk.seen for name in each.answer.cookies}
    assert names == {"set-cookie s", "set-cookie c"}
    assert (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME) == ("s", "c")


def test_cookies_are_out_of_reach_of_scripts_and_end_with_the_browser(walk: Walk) -> None:
    """The mark of leaving lives for minutes, to keep Back empty; it holds nothing."""
    wrong = []
    for each in walk.seen:
        for cookie in each.answer.cookies.values():
            is_removal = "Max-Age=0" in cookie
            if is_removal:
                continue
            if "HttpOnly" not in cookie or not re.search("SameSite=(Lax|Strict)", cookie) or "Path=/" not in cookie:
                wrong.append((each, cookie))
            if re.search("max-age|expires", cookie, re.IGNORECASE) and each.url != "/away/":
                wrong.append((each, cookie))
            if "domain=" in cookie.lower():
                wrong.append((each, cookie))
    _hold(wrong)


def test_nothing_is_indexed_and_nothing_is_kept(walk: Walk) -> None:
    wrong = []
    for each in walk.seen:
        robots = {word.strip() for word in each.answer.headers.get("x-robots-tag", "").split(",")}
        if not {"noindex", "nofollow", "noarchive"} <= robots or each.answer.headers.get("cache-control") != "no-store":
            wrong.append((each, each.answer.headers))
        if "last-modified" in each.answer.headers or (
            "etag" in each.answer.headers and not each.url.startswith("/api/")
        ):
            wrong.append((each, each.answer.headers))
    _hold(wrong)


def test_every_answer_has_the_strict_headers(walk: Walk) -> None:
    must = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "x-dns-prefetch-control": "off",
    }
    wrong = [
        (each, f"{name}: {each.answer.headers.get(name)}")
        for each in walk.seen
        for name, value in must.items()
        if each.answer.headers.get(name) != value
    ]
    _hold(wrong)


def test_every_answer_has_a_policy_that_lets_nothing_in(walk: Walk) -> None:
    must = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
    }
    wrong = []
    for each in walk.seen:
        policy = each.answer.headers.get("content-security-policy", "")
        directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        if "unsafe" in policy or "*" in policy or "http" in policy or directives.items() < must.items():
            wrong.append((each, policy))
        wrong += [(each, policy) for name, value in must.items() if directives.get(name) != value]
        if set(directives) - set(must) - {"img-src"} or not set(directives.get("img-src", "").split()) <= {
            "'self'",
            "data:",
        }:
            wrong.append((each, policy))
    _hold(wrong)


def test_no_page_holds_anything_that_the_policy_would_stop(walk: Walk) -> None:
    """No style and no script in the page itself, no handler in an attribute, no address that is a script."""
    wrong = []
    for each in walk.pages():
        for element in each.elements():
            is_data = element.get("type") == "application/json"
            if element.tag == "style" or (element.tag == "script" and not element.get("src") and not is_data):
                wrong.append((each, f"<{element.tag}>"))
            if element.tag in {"iframe", "object", "embed", "base", "frame", "applet"}:
                wrong.append((each, f"<{element.tag}>"))
            for name, value in element.attrib.items():
                if name == "style" or name.startswith("on") or re.match(r"\s*(javascript|vbscript|data):", value):
                    wrong.append((each, f"<{element.tag} {name}={value}>"))
    _hold(wrong)


def test_no_form_lets_anybody_send_a_file(walk: Walk) -> None:
    wrong = [
        (each, element.attrib)
        for each in walk.pages()
        for element in each.elements()
        if element.get("type") == "file"
        or (element.tag == "form" and element.get("enctype") == "multipart/form-data" and not each.is_admin)
    ]
    _hold(wrong)


# --- L1: the way out --------------------------------------------------------------------------------------------------

FOCUSABLE = {"button", "select", "textarea", "summary", "iframe", "audio", "video", "area", "details"}


def _is_focusable(element: Element) -> bool:
    if element.tag in {"a", "area"}:
        return element.get("href") is not None
    if element.tag == "input":
        return element.get("type") != "hidden"
    return (
        element.tag in FOCUSABLE or element.get("tabindex", "-1") != "-1" or element.get("contenteditable") is not None
    )


def test_the_way_out_is_the_first_thing_on_every_page(walk: Walk) -> None:
    """A plain link, first in the order of Tab, on errors, at the door, beside a half-written story, at the desk."""
    wrong = []
    for each in walk.seen:
        if not each.answer.is_html or each.answer.status in {301, 302} or each.url.startswith("/api/"):
            continue
        if b'class="away"' in each.answer.body:
            continue  # nothing is on it to leave from
        focusable = [element for element in each.elements() if _is_focusable(element)]
        if not focusable or focusable[0].tag != "a" or focusable[0].get("href") != reverse("leave"):
            wrong.append((each, "no way out" if not focusable else focusable[0].attrib))
        if any(int(element.get("tabindex") or 0) > 0 for element in each.elements()):
            wrong.append((each, "another order of Tab"))
    _hold(wrong)


def test_the_pages_that_most_need_the_way_out_were_looked_at(walk: Walk) -> None:
    pages = {each.what for each in walk.pages() if each.answer.status not in {301, 302}}
    for what in (
        "absent post",
        "form without its token",
        "broken",
        "too often",
        "GET /accounts/login/",
        "GET /new/",
        "GET /admin/",
    ):
        assert what in pages, what


# --- D: time and order ------------------------------------------------------------------------------------------------

DATE_OR_TIME = re.compile(
    r"\b(?:19|20)\d\d-[01]\d-[0-3]\d\b"  # a day
    r"|\b[0-2]?\d:[0-5]\d(?::[0-5]\d)?\b"  # a time of the day
    r"|(?<![\w.])1[5-9]\d{8}(?:\d{3}|\.\d+)?(?![\w.])"  # seconds or milliseconds since 1970
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[167][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b"  # a UUID that holds a time
    r"|\b\d{1,2}(?:st|nd|rd|th)? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b"
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}\b(?!\d)"
)
DAY_TO_CHOOSE = re.compile(r'<input type="date"[^>]*>')  # of what is to come, and one's own
UPDATED = re.compile(r"<updated>\d{4}-\d\d-\d\dT00:00:00\+00:00</updated>")
LONG_WORD = re.compile(r"[A-Za-z0-9_-]{16,}")


def test_no_answer_says_when_anything_happened(walk: Walk) -> None:
    """In words to the day at most; the desk, which works with hours, apart."""
    wrong = []
    for each in walk.outside_the_desk():
        headers = {name: value for name, value in each.answer.headers.items() if name not in {"date", "expires"}}
        text = json.dumps(headers) + each.answer.text
        if headers.get("content-type", "").startswith("application/atom+xml"):
            text = UPDATED.sub("", text)  # no finer than the words in a list: tests/forum/pages/test_feed.py
        if each.what.endswith("/schema/"):
            continue  # made from code
        text = DAY_TO_CHOOSE.sub("", text)
        wrong += [(each, found) for found in DATE_OR_TIME.findall(text)]
    _hold(wrong)


def test_no_answer_holds_the_number_of_a_row(walk: Walk) -> None:
    wrong = []
    for each in walk.outside_the_desk():
        said = re.sub(r"\w{12,}", " ", each.what + each.answer.everything)  # random ids and tokens hold any digits
        words = set(re.findall(r"(?<!\d)7\d{6}(?!\d)", said))
        wrong += [(each, number) for number in words & walk.numbers]
    _hold(wrong)


def test_no_long_word_can_be_read_as_base64_of_a_number_or_a_time(walk: Walk) -> None:
    """Cursors, versions, keys, form tokens: threats.md L3."""
    wrong = []
    words = {word: each for each in walk.outside_the_desk() for word in LONG_WORD.findall(each.answer.everything)}
    for word, each in words.items():
        try:
            plain = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode("ascii")
        except (binascii.Error, ValueError):
            continue
        if DATE_OR_TIME.search(plain) or set(re.findall(r"\d{7}", plain)) & walk.numbers:
            wrong.append((each, f"{word}: {plain}"))
    assert len(words) > 200
    _hold(wrong)


# --- J: nobody is followed --------------------------------------------------------------------------------------------


def test_who_never_wrote_is_nowhere(walk: Walk) -> None:
    """No list of members, no "who is here", not even for moderators and superusers; one's own name apart."""
    wrong = [(each, "hidden quokka") for each in walk.seen if "hidden quokka" in each.answer.everything.lower()]
    _hold(wrong)


def test_no_name_leads_anywhere(walk: Walk) -> None:
    """No profile, no list of what somebody wrote elsewhere."""
    wrong = [
        (each, element.get("href"))
        for each in walk.pages()
        for element in each.elements()
        if element.tag == "a" and "".join(element.itertext()).strip().lower() in walk.pseudonyms
    ]
    _hold(wrong)


@pytest.mark.parametrize("persona", FOLLOWERS)
@pytest.mark.parametrize("author", ["first member", "second member", "first guest", "second guest"])
def test_threads_of_one_author_share_nothing_that_others_do_not(walk: Walk, author: str, persona: str) -> None:
    """Whatever stands in all four of somebody's threads stands in a thread of somebody else, too."""
    theirs = _marks(walk, persona, author)
    others = [marks for name in walk.about if name != author for marks in _marks(walk, persona, name)]

    assert len(theirs) == 4
    assert all(len(marks) > 100 for marks in theirs)
    assert set[str].intersection(*theirs) - set[str].union(*others) == set()


def _marks(walk: Walk, persona: str, author: str) -> list[set[str]]:
    """For each thread, every word, and part of a long one, of every answer about it: text, attributes, JSON, headers.

    But for small numbers: lengths, and what is left of a rate limit. Rows' numbers have seven digits.
    """
    return [
        {
            piece
            for url in urls
            if persona == "moderator" or not url.startswith("/admin/")
            for word in re.findall(r"[^\W_]+", walk.answer(persona, url).everything)
            if not (word.isdigit() and len(word) < 7)
            for piece in (word, *pieces_of(word))
        }
        for urls in walk.about[author]
    ]


@pytest.mark.parametrize("author", ["first member", "second member", "first guest", "second guest"])
def test_one_author_has_another_name_in_every_thread(walk: Walk, author: str) -> None:
    """By chance two of the four may be alike, once in ten thousand runs; never three."""
    names: set[str] = set()
    for _page, _flat, _thread, posts_of_it, _case in walk.about[author]:
        posts = json.loads(walk.answer("other member", posts_of_it).text)["posts"]
        names |= {post["name"] for post in posts if post["is_thread_author"]}
    assert len(names) > 2


# --- S: what is kept -------------------------------------------------------------------------------------------------

ADDRESS, AGENT = "203.0.113.77", "Sentinel/77.7"
WORD = "zqprivateword"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with watched_log() as written:
        yield written


def _watched(*, checks_tokens: bool = False) -> Client:
    return Client(
        enforce_csrf_checks=checks_tokens,
        raise_request_exception=False,
        headers={"user-agent": AGENT},
        REMOTE_ADDR=ADDRESS,
    )


def _send(client: Client, url: str, data: dict[str, str], *, status: int = 302) -> str:
    """A page's form; returns where it leads."""
    response = client.post(url, data)
    assert response.status_code == status, (url, response.status_code, response.content)
    return response.headers.get("Location", "")


def _write(client: Client, category: Category, speaks_as: str = "") -> str:
    """Returns the post's id."""
    data = {"category": category.public_id, "title": "A title", "text": f"Some {WORD}.", "form_key": new_public_id()}
    if speaks_as:
        data["speaks_as"] = speaks_as
    return _send(client, "/new/", data).split("/")[2]


def _journey(category: Category) -> None:
    """Signs up, errs, signs in, writes under each name, comes back with a code, edits, reports, breaks, leaves."""
    member, somebody, returning, elsewhere = (_watched() for _person in range(4))
    _send(member, "/accounts/signup/", {"username": "Sunny Quokka", "password1": "nine slow turtles sing"})
    _send(_watched(), "/accounts/login/", {"login": "Sunny Quokka", "password": "a wrong guess at it"}, status=200)
    _send(elsewhere, "/accounts/login/", {"login": "Sunny Quokka", "password": "nine slow turtles sing"})
    posts = [_write(member, category, speaks_as) for speaks_as in ("pseudonym", "thread_pseudonym", "guest")]
    post = _write(somebody, category)
    sent = Seen("guest", "sent", "/", answer_of(somebody.get(f"/p/{post}/sent/")))
    shown = next(element for element in sent.elements() if element.get("class") == "claim-code")
    code = "-".join(" ".join(shown.itertext()).replace("-", " ").split())
    _send(returning, "/claim/", {"code": "one two three four five six"}, status=400)
    _send(returning, "/claim/", {"code": code})
    assert WORD in returning.get(f"/p/{post}/").content.decode()
    _send(returning, f"/p/{post}/edit/", {"title": "A title", "text": f"Other {WORD}.", "version": "1"})
    for held in (*posts, post):
        publish_post(Post.objects.get(public_id=held), actor=None)
    _send(elsewhere, f"/p/{post}/report/", {"reason": "OTHER", "text": f"About {WORD}."}, status=200)
    _send(_watched(), f"/p/{post}/report/", {"reason": "HURT_ME"}, status=200)
    _send(elsewhere, f"/p/{post}/react/", {"kind": "BELIEVE"})
    _watched().get("/t/00000000000000/")
    _watched().get("/", headers={"host": f"{WORD}.example"})
    _send(_watched(checks_tokens=True), "/claim/", {"code": WORD}, status=403)
    for url in ("/broken/", "/api/broken/"):
        _send(_watched(), url, {"text": WORD}, status=500)
    assert [_watched().post("/claim/", {"code": WORD}).status_code for _time in range(11)][-1] == 429
    signed_in_app = _watched().post(
        "/api/auth/app/v1/auth/login",
        {"username": "sunny quokka", "password": "nine slow turtles sing"},
        content_type="application/json",
    )
    assert signed_in_app.status_code == 200
    assert _watched().get("/leave/").status_code == 302


@pytest.fixture
def journey(clock: object, category: Category, settings: Settings, log: io.StringIO) -> None:
    settings.ROOT_URLCONF = "tests.house.broken_urls"
    _journey(category)


def _of_the_machine(text: str) -> list[str]:
    forms = (ADDRESS, "cb00714d", "3405803853", "203-0-113-77", AGENT, "Sentinel")
    return [form for form in forms if form.lower() in text.lower()]


@pytest.mark.usefixtures("journey")
def test_neither_address_nor_browser_is_in_any_table() -> None:
    found = [(table, row) for table, row in rows_of(dump_tables()) for value in row.values() if _of_the_machine(value)]
    assert found == []


@pytest.mark.usefixtures("journey")
def test_neither_address_nor_browser_is_in_a_visit() -> None:
    visits = [SessionStore().decode(session.session_data) for session in Session.objects.all()]
    assert len(visits) >= 4
    assert all(visits)  # they were opened
    assert not _of_the_machine(json.dumps(visits))


@pytest.mark.usefixtures("journey")
def test_neither_address_nor_browser_nor_name_is_in_the_cache() -> None:
    kept = {key: cache.get(key, version=1) for key in (raw.split(":", 2)[2] for raw in list(cache._cache))}  # type: ignore[attr-defined]
    assert len(kept) > 5
    assert all(value is not None for value in kept.values())
    text = repr(kept)
    assert not _of_the_machine(text)
    assert "quokka" not in text.lower()
    assert WORD not in text


@pytest.mark.usefixtures("journey")
def test_the_log_says_what_broke_and_nothing_of_who_where_or_what(log: io.StringIO) -> None:
    text = log.getvalue()
    assert "RuntimeError" in text
    assert "broken_urls.py" in text
    assert not _of_the_machine(text)
    for private in (
        WORD,
        "quokka",
        "turtles",
        "/claim/",
        "/p/",
        "/t/",
        *Post.objects.values_list("public_id", flat=True),
    ):
        assert private not in text.lower(), private


def test_a_claim_code_is_in_no_address_no_log_and_no_table(category: Category, log: io.StringIO) -> None:
    """Not the first, not those made later, not one that is typed wrongly; so in no history either."""
    me, member = visitor(), signed_in(make_member("sunny quokka"))
    codes, led_to = ["zebra-ticket-velvet-onion-canyon-kiwi"], []

    def send(who: Somebody, url: str, **data: str) -> Answer:
        answer = who.ask(url, "POST", data=data)
        led_to.append(answer.headers.get("location", ""))
        return answer

    def note(answer: Answer) -> None:
        found = re.search(r'<ol class="claim-code">(.*?)</ol>', answer.text, re.DOTALL)
        assert found, answer.text
        codes.append("-".join(re.findall(r"<li>(\w+)</li>", found[1])))

    story = {"category": category.public_id, "title": "A title", "text": "Some words.", "form_key": new_public_id()}
    note(me.ask(send(me, "/new/", **story).headers["location"]))
    for may_write in ("yes", "no"):
        note(send(me, "/claim/code/", code=codes[1], may_write=may_write, form_key=new_public_id()))
    for code in codes:
        send(visitor(), "/claim/", code=code)
    first, second = codes[1:3]
    api = guest(second)
    assert api.ask("/api/v1/own-posts/").status == 200
    assert send(member, "/new/", **story | {"claim_code": first, "speaks_as": "guest"}).status == 302
    assert send(opened(member, second), "/claim/adopt/", code=second).status == 302

    assert len(set(codes)) == 4
    kept = [value for _table, row in rows_of(dump_tables()) for value in row.values()]
    assert led_to
    for code in codes:
        for written in (code, code.replace("-", " "), code.replace("-", "%2D")):
            assert written not in log.getvalue()
            assert not [place for place in led_to if written in place]
            assert not [value for value in kept if written in value]


# --- L3, L5: leaving --------------------------------------------------------------------------------------------------


def test_leaving_ends_the_visit_on_the_server(member: User) -> None:
    somebody = signed_in(member)
    stolen = somebody.again()
    assert stolen.ask("/mine/").status == 200

    somebody.ask("/leave/")

    for url in ("/mine/", "/accounts/password/change/"):
        assert stolen.again().ask(url).status == 302
    assert stolen.again().ask("/api/v1/own-posts/").status == 401
    assert stolen.again().ask("/api/auth/browser/v1/auth/session").status == 401


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_leaving_clears_the_browser_and_says_nothing_to_where_it_leads(
    member: User, is_signed_in: bool, method: str
) -> None:
    somebody = signed_in(member) if is_signed_in else visitor()

    answer = somebody.ask("/leave/?next=https://elsewhere.example/&from=here", method)

    assert answer.status == 302
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["location"] == "/away/"
    away = somebody.ask(answer.headers["location"] + "?next=https://elsewhere.example/")
    assert away.status == 302
    assert away.headers["location"] == settings.EXIT_URL
    assert not urlsplit(away.headers["location"]).query
    assert away.headers["referrer-policy"] == "no-referrer"
    assert away.headers["cache-control"] == "no-store"


def test_after_leaving_every_page_is_an_empty_one(member: User) -> None:
    """With a cookie that changed, so that no browser shows a page it kept for Back; for who had none as well."""
    for somebody in (signed_in(member), visitor()):
        somebody.ask("/leave/")
        mark = somebody.ask("/away/").cookies["set-cookie s"]
        assert "HttpOnly" in mark
        pages = {somebody.ask(url).body for url in ("/", "/mine/", "/new/", "/admin/", "/nowhere/", "/help/")}
        assert len(pages) == 1
        assert b"Sign" not in pages.pop()


def test_leaving_is_recorded_nowhere(category: Category, member: User, log: io.StringIO) -> None:
    written_by(member, category)
    reader = visitor()
    reader.ask("/")
    before, written_before = dump_tables(), log.getvalue()

    for url in ("/leave/", "/away/"):
        reader.ask(url)

    assert dump_tables() == before
    assert log.getvalue() == written_before


def test_of_a_member_who_leaves_only_the_visit_is_gone(category: Category, member: User, log: io.StringIO) -> None:
    somebody = signed_in(member)
    written_by(member, category)
    before, written_before = dump_tables(), log.getvalue()
    assert len(before["django_session"]) == 1

    for url in ("/leave/", "/away/"):
        somebody.ask(url)

    assert dump_tables() == before | {"django_session": []}
    assert log.getvalue() == written_before
