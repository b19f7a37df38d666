"""The page of search: no address tells what somebody looked for, and none outlives the visit."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from common.days import today
from common.rate_limits import Limit
from forum.models import Category, Post
from forum.pages.views import searching
from tests.personas import sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def look_for(client: Client, words: str, category: str = "") -> Any:
    client.get("/search/")  # the form brings its cookie
    return client.post("/search/", {"words": words, "category": category})


def test_what_was_found_is_shown_marked_and_escaped(client: Client, trusted_member: User, category: Category) -> None:
    post = written_by(trusted_member, category, title="<i>Needle</i>", text="A <script>needle</script> & more.")
    page = client.get(look_for(client, "needle").url).content.decode()
    assert "&lt;i&gt;<mark>Needle</mark>&lt;/i&gt;" in page
    assert "A &lt;script&gt;<mark>needle</mark>&lt;/script&gt; &amp; more." in page
    assert f'href="/t/{post.thread.public_id}/"' in page
    assert 'value="needle"' in page  # to look for something else


def test_the_address_says_nothing_and_the_length_of_it_little(client: Client, db: None) -> None:
    addresses = [look_for(client, words).url for words in ("a", "he follows me everywhere I go")]
    assert len({len(address) for address in addresses}) == 1
    for address in addresses:
        assert re.fullmatch(r"/search/\?s=[\w-]+", address)
        assert "follows" not in address


def test_the_same_search_has_the_same_address_for_one_visit_and_another_for_the_next(client: Client, db: None) -> None:
    assert look_for(client, "needle").url == look_for(client, "needle").url
    assert look_for(client, "needle").url != look_for(Client(), "needle").url


def test_in_another_browser_or_after_leaving_the_address_opens_an_empty_form(
    client: Client, trusted_member: User, category: Category
) -> None:
    written_by(trusted_member, category, text="A needle.")
    address = look_for(client, "needle").url
    assert "<mark>" in client.get(address).content.decode()
    assert "<mark>" in client.get(address).content.decode()  # Back, or again
    client.get("/leave/")
    for somebody in (client, Client()):
        page = somebody.get(address)
        assert page.status_code == 200
        assert "needle" not in page.content.decode()
        assert "<mark>" not in page.content.decode()


@pytest.mark.parametrize("query", ["s=", "s=abc", "s=" + "A" * 400, "words=needle", "q=needle", "cursor=abc"])
def test_an_address_that_was_not_made_here_is_an_empty_form(
    client: Client, trusted_member: User, category: Category, query: str
) -> None:
    written_by(trusted_member, category, text="A needle.")
    page = client.get(f"/search/?{query}")
    assert page.status_code == 200
    assert "needle" not in page.content.decode()


def test_pages_are_turned_by_addresses_that_say_nothing(
    client: Client, trusted_member: User, category: Category, settings: Any
) -> None:
    settings.FORUM_PAGE_SIZE = 2
    for number in range(3):
        post = written_by(trusted_member, category, title=f"Story {number}", text="A needle.")
        Post.objects.filter(pk=post.pk).update(written_on=today() - dt.timedelta(days=2 - number))
    page = client.get(look_for(client, "needle", category.public_id).url).content.decode()
    assert "Story 2" in page
    assert "Story 0" not in page
    (further,) = re.findall(r'rel="next" href="([^"]+)"', page)
    assert set(parse_qs(urlsplit(further).query.replace("&amp;", "&"))) == {"s", "cursor"}
    page = client.get("/search/" + further.replace("&amp;", "&")).content.decode()
    assert "Story 0" in page
    assert "Story 2" not in page


def test_a_category_that_is_not_theirs_cannot_be_chosen(client: Client, members_category: Category) -> None:
    assert members_category.title not in client.get("/search/").content.decode()
    assert look_for(client, "needle", members_category.public_id).status_code == 400


def test_who_signs_out_is_not_shown_what_they_found_among_members(
    client: Client, trusted_member: User, members_category: Category
) -> None:
    written_by(trusted_member, members_category, text="A needle.")
    address = look_for(sign_in(client, trusted_member), "needle").url
    assert "<mark>" in client.get(address).content.decode()
    del client.cookies["s"]
    assert "<mark>" not in client.get(address).content.decode()


def test_nothing_found_is_said_kindly(client: Client, category: Category) -> None:
    page = client.get(look_for(client, "needle").url).content.decode()
    assert "Nothing was found" in page
    assert "in many ways" in page


@pytest.mark.parametrize("words", ["", "***", " ".join("abcdefghijklmnopqrstuvwxyz")])
def test_a_refusal_stands_at_the_field_and_gives_the_words_back(client: Client, db: None, words: str) -> None:
    answer = look_for(client, words)
    assert answer.status_code == 400
    assert 'id="id_words_error"' in answer.content.decode()
    assert words.strip() in answer.content.decode()


def test_searching_keeps_nothing_on_the_server(client: Client, db: None) -> None:
    client.get(look_for(client, "needle").url)
    assert not Session.objects.exists()
    assert set(client.cookies) == {"c"}


@pytest.mark.usefixtures("clock")
def test_searching_has_a_limit(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "SEARCHES", Limit("page-search", quota=2, window=60))
    address = look_for(client, "needle").url
    assert [client.get(address).status_code for _time in range(3)] == [200, 200, 429]
