"""The draft check over the API: what it finds, and that it keeps nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from common.rate_limits import Limit
from crisis.models import Kind, Resource
from crisis.services import load_directory
from forum.api.views.draft_check import DraftCheckView
from forum.draft_check import DraftText, Remark, reworded
from tests.house.dump import dump_cache, dump_tables, watched_log

pytestmark = pytest.mark.django_db

URL = "/api/v1/draft-check/"


def asked(client: Client, **body: Any) -> Any:
    return client.post(URL, json.dumps(body), content_type="application/json")


def test_it_says_where_and_what_and_offers_a_wording(client: Client) -> None:
    text = "🌱 My ex is called Marcus Oyelaran."
    (remark,) = asked(client, title="Quiet", text=text).json()["remarks"]
    assert text[remark["start"] : remark["end"]] == "Marcus Oyelaran"
    assert {name: remark[name] for name in ("kind", "type", "field", "wording")} == {
        "kind": "identifying",
        "type": "name",
        "field": "text",
        "wording": "[a name]",
    }
    assert "searched for" in remark["says"]


def test_a_title_is_read_too(client: Client) -> None:
    (remark,) = asked(client, title="Call me on 07700 900123", text="Words.").json()["remarks"]
    assert (remark["field"], remark["type"]) == ("title", "phone")


@pytest.mark.parametrize("text", [5, 1.5, True, ["words"], {"a": 1}])
def test_what_is_no_text_is_refused_kindly(client: Client, text: Any) -> None:
    for name in ("title", "text"):
        answer = asked(client, **{"text": "Words.", name: text})
        assert answer.status_code == 400
        assert answer.json()["errors"] == [
            {"pointer": f"#/{name}", "detail": "This must be words, in quotation marks."}
        ]


def test_harmless_words_get_no_remark(client: Client) -> None:
    assert asked(client, text="My sister likes tea.").json() == {"remarks": []}


def test_a_helpline_is_never_a_remark(client: Client) -> None:
    load_directory()
    lines = [f"I called {resource.phone} last night." for resource in Resource.objects.exclude(phone="")]
    lines += [f"It was on {resource.web_url} somewhere." for resource in Resource.objects.exclude(web_url="")]
    for first in range(0, len(lines), 150):
        text = "\n\n".join(lines[first : first + 150])
        assert asked(client, text=text).json()["remarks"] == []


def test_nor_is_a_service_that_this_site_added_itself(client: Client) -> None:
    text = "I wrote to https://www.harbour-of-the-valley.example.net/chat and called 07123 456 789."
    assert {one["type"] for one in asked(client, text=text).json()["remarks"]} == {"url", "phone"}
    Resource.objects.create(
        slug="gb-harbour", country="GB", name="Harbour", kind=Kind.DOMESTIC_ABUSE,
        phone="07123 456789", chat_url="https://harbour-of-the-valley.example.net/",
    )  # fmt: skip
    assert asked(client, text=text).json()["remarks"] == []


def test_nothing_is_kept(client: Client) -> None:
    before = dump_tables()
    with watched_log() as log:
        asked(client, text="My ex is called Marcus Oyelaran.")
    assert dump_tables() == before
    assert "Marcus" not in log.getvalue() + str(dump_cache())


def test_too_long_is_said(client: Client) -> None:
    answer = asked(client, text="a" * 20_001)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "#/text"


@pytest.mark.usefixtures("clock")
def test_it_is_limited(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DraftCheckView, "writes", Limit("draft-checks", quota=1, window=60))
    assert asked(client, text="Words.").status_code == 200
    assert asked(client, text="Words.").status_code == 429


def test_of_two_that_overlap_the_first_counts() -> None:
    remarks = [Remark("k", "t", "text", 0, 5, "", "A"), Remark("k", "t", "text", 3, 9, "", "B")]
    remarks.append(Remark("other", "t", "text", 10, 12, ""))
    assert reworded(DraftText("", "0123456789ab"), remarks).text == "A56789ab"
