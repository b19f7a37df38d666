"""Bulk at the desk and for programs. What it does: test_several_at_once.py."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from forum.models import Category, Post
from moderation.models import Batch, BatchItem, Case
from moderation.services.reports import report_post
from tests.personas import GuestPost, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NEW = "/admin/moderation/batch/new/"
DO = "/admin/moderation/batch/carry-out/"
API = "/api/v1/desk/batches/"


@pytest.fixture
def guests(category: Category) -> list[GuestPost]:
    return [written_by_guest(category, title=f"Story {number}") for number in range(3)]


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    return sign_in(client, moderator)


def ids() -> list[str]:
    return list(Case.objects.order_by("pk").values_list("public_id", flat=True))


def fields_of(page: str) -> dict[str, list[str]]:
    """What the form of the preview would send, boxes and all."""
    form = page[page.index(f'action="{DO}"') :]
    form = form[: form.index("</form>")]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and name[1] != "csrfmiddlewaretoken":
            found.setdefault(name[1], []).append(value[1])
    return found


def states() -> list[str]:
    return sorted(Post.objects.values_list("state", flat=True))


def test_from_the_queue_by_a_preview_to_the_result_and_back(desk: Client, guests: list[GuestPost]) -> None:
    queue = desk.get("/admin/moderation/case/").content.decode()
    boxes = re.findall(r'name="case" value="(\w+)" form="several"', queue)
    assert sorted(boxes) == sorted(ids())
    chosen = desk.post(NEW, {"case": boxes}).content.decode()
    assert "3 cases are chosen" in chosen
    assert "Cases of the lane “somebody may be in danger, or found” are in no batch." in chosen

    page = desk.post(NEW, {"case": boxes, "act": "HIDE", "reason": "It sells something.", "rule": ""})
    assert page.status_code == 200
    text = page.content.decode()
    assert "Nothing is done yet" in text
    assert states() == ["HELD"] * 3

    result = desk.post(DO, fields_of(text), follow=True).content.decode()
    assert states() == ["HIDDEN"] * 3
    assert result.count("done.") == 3
    assert "Undo all of it" in result
    assert "For some seconds nobody hears of it" in result
    queue = desk.get("/admin/moderation/case/").content.decode()
    assert "You decided several at once" in queue

    batch = Batch.objects.get()
    undone = desk.post(f"/admin/moderation/batch/{batch.pk}/change/", follow=True).content.decode()
    assert states() == ["HELD"] * 3
    assert undone.count("undone.") == 3
    assert "Undo all of it" not in undone
    assert f"/admin/moderation/batch/{batch.pk}/change/" in desk.get("/admin/moderation/batch/").content.decode()


def test_a_case_of_a_life_has_no_box_and_the_preview_says_why(desk: Client, guests: list[GuestPost]) -> None:
    report_post(guests[0].post, actor="member:1", reason="DANGER")
    urgent = Case.objects.get(post=guests[0].post).public_id
    assert f'value="{urgent}"' not in desk.get("/admin/moderation/case/").content.decode()
    text = desk.post(NEW, {"case": ids(), "act": "PUBLISH", "rule": ""}).content.decode()
    assert "this case is looked at alone" in text
    assert len(fields_of(text)["chosen"]) == 2


def test_what_was_forgotten_is_said_and_what_was_chosen_and_typed_stays(desk: Client, guests: list[GuestPost]) -> None:
    answer = desk.post(NEW, {"case": ids(), "act": "HIDE", "reason": "", "judgement": "RIGHT", "rule": ""})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "Give the reason." in text
    assert all(f'name="case" value="{each}"' in text for each in ids())
    assert re.search(r'value="RIGHT" selected', text)
    nothing = desk.post(NEW, {"act": "PUBLISH", "rule": ""})
    assert (nothing.status_code, "Choose at least one case" in nothing.content.decode()) == (400, True)


def test_a_rule_is_tried_before_it_is_carried_out(desk: Client, guests: list[GuestPost]) -> None:
    assert "Open cases that wait because of this" in desk.get(NEW).content.decode()
    text = desk.post(NEW, {"act": "PUBLISH", "rule": "guest"}).content.decode()
    assert "In the last 90 days" in text
    assert "No similar case was decided" in text
    desk.post(DO, fields_of(text))
    assert states() == ["PUBLISHED"] * 3
    written_by_guest(guests[0].post.thread.category)
    text = desk.post(NEW, {"act": "HIDE", "reason": "r", "rule": "guest"}).content.decode()
    assert "Similar cases that moderators decided: 3. Otherwise than you would now: 3." in text


def test_what_is_unticked_stays_and_what_changed_is_told(desk: Client, guests: list[GuestPost]) -> None:
    fields = fields_of(desk.post(NEW, {"case": ids(), "act": "PUBLISH", "rule": ""}).content.decode())
    left, changed = fields["chosen"].pop(), fields["chosen"][0]
    report_post(Case.objects.get(public_id=changed.split()[0]).post, actor="member:1", reason="SPAM")
    result = desk.post(DO, fields, follow=True).content.decode()
    assert "Something came in about this post" in result
    assert states() == ["HELD", "HELD", "PUBLISHED"]
    assert not BatchItem.objects.filter(case__public_id=left.split()[0]).exists()


def test_with_nothing_ticked_all_stands_there_once_more_and_one_thing_is_said(
    desk: Client, guests: list[GuestPost]
) -> None:
    typed = {"case": ids(), "act": "HIDE", "reason": "A long reason.", "rule": ""}
    fields = fields_of(desk.post(NEW, typed).content.decode())
    del fields["chosen"]
    answer = desk.post(DO, fields)
    text = answer.content.decode()
    assert answer.status_code == 400
    assert text.count('<a href="#chosen-1">') == 1
    assert "Tick at least one case, or choose something else for them." in text
    again = fields_of(text)
    assert (again["act"], again["reason"]) == (["HIDE"], ["A long reason."])
    assert len(again["chosen"]) == 3
    assert " checked" not in text
    assert not Batch.objects.exists()
    desk.post(DO, {**again, "chosen": again["chosen"][:1]})
    assert states() == ["HELD", "HELD", "HIDDEN"]


def test_what_was_done_under_the_same_number_is_looked_at_anew_with_what_was_ticked(
    desk: Client, guests: list[GuestPost]
) -> None:
    fields = fields_of(desk.post(NEW, {"case": ids(), "act": "PUBLISH", "rule": ""}).content.decode())
    first, second, _third = fields["chosen"]
    desk.post(DO, {**fields, "chosen": [first]})
    answer = desk.post(DO, {**fields, "act": "HIDE", "reason": "A long reason.", "chosen": [second]})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Something else was done under this already" in text
    again = fields_of(text)
    assert (again["reason"], again["batch"] == fields["batch"]) == (["A long reason."], False)
    assert re.findall(r'value="([^"]+)" checked', text) == [second]
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("chosen", [[], ["nonsense"], ["x 1.2"]])
def test_a_request_by_hand_that_chooses_nothing_does_nothing(desk: Client, chosen: list[str]) -> None:
    answer = desk.post(DO, {"act": "PUBLISH", "chosen": chosen, "batch": "x"}, follow=True)
    assert "Choose at least one case" in answer.content.decode()
    assert desk.get(DO).status_code == 405
    assert not Batch.objects.exists()


def test_nobody_else_comes_in(client: Client, member: User, guests: list[GuestPost]) -> None:
    sign_in(client, member)
    for address in (NEW, DO, "/admin/moderation/batch/"):
        assert "Story" not in client.post(address, {"act": "PUBLISH", "case": ids()}, follow=True).content.decode()
    assert client.post(f"{API}preview/", {"act": "PUBLISH"}, content_type="application/json").status_code == 403
    assert states() == ["HELD"] * 3


# --- For programs -----------------------------------------------------------------------------------------------------


def sent(desk: Client, path: str, body: dict[str, Any], method: str = "post") -> Any:
    return getattr(desk, method)(f"{API}{path}", body, content_type="application/json")


def test_preview_carry_out_and_undo_over_the_api(desk: Client, guests: list[GuestPost]) -> None:
    report_post(guests[0].post, actor="member:1", reason="DANGER")
    looked_at = sent(desk, "preview/", {"act": "PUBLISH", "cases": ids()}).json()
    assert [line["problem"]["code"] for line in looked_at["lines"] if line["problem"]] == ["case-not-in-a-batch"]
    assert looked_at["tried"] == {"similar": 0, "otherwise": 0, "days": 90}
    chosen = [{"case_id": line["case_id"], "etag": line["etag"]} for line in looked_at["lines"]]
    done = sent(desk, f"{looked_at['id']}/", {"act": "PUBLISH", "chosen": chosen}, "put")
    assert done.status_code == 200
    assert sorted(item["is_done"] for item in done.json()["items"]) == [False, True, True]
    assert states() == ["HELD", "PUBLISHED", "PUBLISHED"]
    assert desk.get(f"{API}{looked_at['id']}/").json() == done.json()
    assert desk.get(API).json()["batches"][0]["id"] == looked_at["id"]
    undone = sent(desk, f"{looked_at['id']}/undoing/", {})
    assert [item["is_undone"] for item in undone.json()["items"]].count(True) == 2
    assert states() == ["HELD"] * 3


def test_a_rule_and_a_judgement_over_the_api(desk: Client, guests: list[GuestPost]) -> None:
    for guest in guests:
        report_post(guest.post, actor="member:1", reason="SPAM")
    act = {"act": "JUDGE", "judgement": "MISUSED"}
    looked_at = sent(desk, "preview/", {**act, "rule": {"reason": "reported:SPAM"}}).json()
    assert len(looked_at["lines"]) == 3
    chosen = [{"case_id": line["case_id"], "etag": line["etag"]} for line in looked_at["lines"]]
    sent(desk, f"{looked_at['id']}/", {**act, "chosen": chosen}, "put")
    assert {report.judgement for case in Case.objects.all() for report in case.reports.all()} == {"MISUSED"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"act": "HIDE", "chosen": [{"case_id": "x", "etag": "1.0.1"}]}, 400, "reason-missing"),
        ({"act": "PUBLISH", "chosen": []}, 400, "nothing-chosen"),
        ({"act": "PUBLISH", "chosen": [{"case_id": "x", "etag": "*"}]}, 428, "precondition-needed"),
        ({"act": "PUBLISH", "chosen": [{"case_id": "x", "etag": "1.0.1"}] * 51}, 400, "too-many-chosen"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_its_code(
    desk: Client, guests: list[GuestPost], body: dict[str, Any], status: int, code: str
) -> None:
    batch = sent(desk, "preview/", {"act": "PUBLISH", "cases": ids()}).json()["id"]
    answer = sent(desk, f"{batch}/", body, "put")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Batch.objects.exists()


def test_an_id_that_was_used_for_another_act_is_refused_by_both_doors(desk: Client, guests: list[GuestPost]) -> None:
    act = {"act": "HIDE", "reason": "It sells."}
    text = desk.post(NEW, {"case": ids(), "rule": "", **act}).content.decode()
    fields = fields_of(text)
    case, etag = fields["chosen"][0].split()
    sent(desk, f"{fields['batch'][0]}/", {"act": "PUBLISH", "chosen": [{"case_id": case, "etag": f'"{etag}"'}]}, "put")
    chosen = [dict(zip(("case_id", "etag"), each.split(), strict=True)) for each in fields["chosen"]]
    answer = sent(desk, f"{fields['batch'][0]}/", {**act, "chosen": chosen}, "put")
    assert (answer.status_code, answer.json()["code"]) == (422, "batch-id-reused")
    page = desk.post(DO, fields, follow=True).content.decode()
    assert "nothing more was done now" in page
    assert states() == ["HELD", "HELD", "PUBLISHED"]


def test_what_stands_in_a_batch_of_somebody_else_is_not_there(desk: Client, guests: list[GuestPost]) -> None:
    for method, path in (("get", "00000000000000/"), ("post", "00000000000000/undoing/")):
        assert getattr(desk, method)(f"{API}{path}").status_code == 404
