"""Appeals on pages, over the API and at the desk. Their rules are in test_appeals.py."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.public_id import new_public_id
from crisis.services import load_directory
from forum.models import Category, Post
from forum.services.anonymity import read_claim
from forum.services.claims import make_code
from forum.services.visibility import publish_post
from moderation.models import Action, Appeal, AuditEntry, Case, Lane, Level, Seen, Statement
from moderation.services.appeals import AnswerMissing, AppealUnfit, decide_appeal
from moderation.services.batches import BulkAct, Chosen, carry_out, items_of
from moderation.services.canned import create_first_replies
from moderation.services.claims import CannotBePutOff, put_off
from moderation.services.decisions import decide
from moderation.services.reports import ReasonUnknown, report_post
from moderation.services.sanctions import Terms, sanction_author
from tests.house.doors import Somebody, guest, signed_in, visitor
from tests.moderation.test_appeals import ANSWER, HOW, WHY, another, decided
from tests.personas import GuestPost, let_words_leave, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(category: Category) -> GuestPost:
    return written_by_guest(category)


@pytest.fixture
def colleague(moderator: User) -> User:
    return another(moderator, "desk two")


@pytest.fixture
def statement(written: GuestPost, moderator: User) -> Statement:
    return decided(written.post, moderator, sanction=Terms(Level.BAN, "A second time."))


def asking(statement: Statement) -> str:
    return f"/decided/{statement.public_id}/ask-again/"


def of_desk(case: Case, way: str = "") -> str:
    return f"/api/v1/desk/cases/{case.public_id}/{way}"


def appeal_case() -> Case:
    return Case.objects.select_related("post").get(appeal__isnull=False)


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_a_guest_asks_on_a_page_also_while_paused_and_reads_that_it_waits(
    written: GuestPost, statement: Statement
) -> None:
    me = guest(written.code)
    place = f"/p/{written.post.public_id}/decided/"
    assert asking(statement) in me.ask(place).text
    assert WHY in me.ask(asking(statement)).text
    sent = me.ask(asking(statement), "POST", data={"text": HOW})
    assert (sent.status, sent.headers["location"]) == (302, place)
    page = me.ask(place).text
    assert "You asked for another look" in page
    assert HOW in page
    assert asking(statement) not in page
    assert "asked for another look at this already" in me.ask(asking(statement)).text


def test_nothing_typed_is_lost(written: GuestPost, statement: Statement) -> None:
    me = guest(written.code)
    for text in ("", "x" * 4001):
        answer = me.ask(asking(statement), "POST", data={"text": text})
        assert answer.status == 400
        assert text in answer.text
        assert "This field is required." not in answer.text
        assert (str(AppealUnfit.message) in answer.text) is (text == "")
    me.ask(asking(statement), "POST", data={"text": HOW})
    refused = me.ask(asking(statement), "POST", data={"text": "Sentinel words."})
    assert refused.status == 409
    assert "Sentinel words." in refused.text
    assert Appeal.objects.get().text == HOW


def test_a_code_for_reading_only_is_told_so(written: GuestPost, statement: Statement) -> None:
    me = guest(make_code(read_claim(written.code), may_write=False).code)
    assert asking(statement) not in me.ask(f"/p/{written.post.public_id}/decided/").text
    assert "for reading only" in me.ask(asking(statement)).text
    assert me.ask(asking(statement), "POST", data={"text": HOW}).status == 403
    assert not Appeal.objects.exists()


def test_to_anybody_else_there_is_nothing(written: GuestPost, statement: Statement, other_member: User) -> None:
    for somebody in (visitor(), signed_in(other_member)):
        assert somebody.ask(asking(statement)).status == 404
        assert somebody.ask(asking(statement), "POST", data={"text": HOW}).status == 404
    assert not Appeal.objects.exists()


@pytest.fixture
def reference(trusted_member: User, category: Category, moderator: User) -> str:
    """Of a report of what was left where it is."""
    report = report_post(written_by(trusted_member, category), actor="member:77", reason="BLAMES")
    case = Case.objects.select_related("post").get(pk=report.case.pk)
    decide(case, actor=moderator, action=Action.LEAVE, seen=Seen.of(case))
    let_words_leave()
    return report.reference


def test_whoever_reported_asks_on_the_page_of_their_reference(reference: str, colleague: User) -> None:
    me = visitor()
    assert "Ask somebody else to look again" in me.ask("/reports/", "POST", data={"reference": reference}).text
    form = me.ask("/reports/ask-again/", "POST", data={"reference": reference})
    assert (form.status, reference in form.text) == (200, True)
    empty = me.ask("/reports/ask-again/", "POST", data={"reference": reference, "text": ""})
    assert (empty.status, reference in empty.text) == (400, True)
    sent = me.ask("/reports/ask-again/", "POST", data={"reference": reference, "text": HOW})
    assert "You asked for another look" in sent.text
    case = appeal_case()
    body = {"overturns": False, "answer": "We read it otherwise."}
    answer = signed_in(colleague).ask(of_desk(case, "appeal/"), "POST", data=body, **{"If-Match": f'"{Seen.of(case)}"'})
    assert answer.status == 201, answer.text
    assert "We read it otherwise." not in me.ask("/reports/", "POST", data={"reference": reference}).text
    let_words_leave()
    assert "We read it otherwise." in me.ask("/reports/", "POST", data={"reference": reference}).text
    assert me.ask("/reports/ask-again/").headers["location"] == "/reports/"


DANGER = "I am going to kill myself tonight. I have the pills in my hand."
HELP = "You are not alone with this"


def test_danger_in_an_appeal_comes_first_and_its_author_finds_help_at_once_until_it_is_answered(
    written: GuestPost, statement: Statement, colleague: User
) -> None:
    me, place = guest(written.code), f"/p/{written.post.public_id}/decided/"
    assert HELP not in me.ask(place).text
    assert me.ask(asking(statement), "POST", data={"text": DANGER}).headers["location"] == place
    assert HELP in me.ask(place).text
    case = appeal_case()
    assert (case.lane, case.reasons) == (Lane.LIFE, ["appealed", "danger:self_harm:3"])
    assert "now" in case.head_start
    assert case.due_at < case.opened_at  # a quarter of an hour, and four hours sooner: it is now
    with pytest.raises(CannotBePutOff):
        put_off(case, actor=colleague, seen=Seen.of(case), hours=1)
    assert not case.signals.exists(), "places are those of the post's words"
    assert [entry.facts for entry in AuditEntry.objects.filter(event="appealed")] == [{}]
    decide_appeal(case, actor=colleague, seen=Seen.of(case), overturns=False, answer=ANSWER)
    let_words_leave()
    assert HELP not in me.ask(place).text


def test_danger_in_what_a_reporter_writes_too(reference: str) -> None:
    me = visitor()
    sent = me.ask("/reports/ask-again/", "POST", data={"reference": reference, "text": DANGER})
    assert HELP in sent.text
    assert HELP not in me.ask("/reports/", "POST", data={"reference": reference}).text
    case = appeal_case()
    assert (case.lane, "danger:self_harm:3" in case.reasons) == (Lane.LIFE, True)


def test_an_appeal_without_danger_waits_as_before_and_shows_no_card(
    written: GuestPost, statement: Statement, reference: str
) -> None:
    me = guest(written.code)
    me.ask(asking(statement), "POST", data={"text": HOW})
    assert HELP not in me.ask(f"/p/{written.post.public_id}/decided/").text
    sent = me.ask("/reports/ask-again/", "POST", data={"reference": reference, "text": HOW})
    assert HELP not in sent.text
    assert {case.lane for case in Case.objects.filter(appeal__statement__isnull=False)} == {Lane.RULES}


# --- The API ----------------------------------------------------------------------------------------------------------


def test_asked_and_decided_over_the_api(
    written: GuestPost, statement: Statement, moderator: User, colleague: User
) -> None:
    me = guest(written.code)
    place = f"/api/v1/statements/{statement.public_id}/"
    key = {"Idempotency-Key": "one-key-for-both-of-them"}
    sent = [me.ask(f"{place}appeal/", "POST", data={"text": HOW}, **key) for _time in range(2)]
    assert [each.status for each in sent] == [201, 201]
    assert sent[0].text == sent[1].text
    told = json.loads(sent[0].text)
    assert (told["may_appeal"], told["appeal"]["text"], told["appeal"]["outcome"]) == (False, HOW, "")
    assert me.ask(f"{place}appeal/", "POST", data={"text": "Another."}).status == 409

    case = appeal_case()
    first, second = signed_in(moderator), signed_in(colleague)
    shown = json.loads(first.ask(of_desk(case)).text)
    assert (shown["appeal"]["may_decide"], shown["appeal"]["by"]) == (False, "author")
    body = {"overturns": True, "answer": ANSWER}
    etag = {"If-Match": shown["etag"]}
    refused = first.ask(of_desk(case, "appeal/"), "POST", data=body, **etag)
    assert (refused.status, json.loads(refused.text)["code"]) == (403, "decided-it-first")
    assert json.loads(first.ask(of_desk(case, "claim/"), "PUT").text)["code"] == "decided-it-first"
    assert second.ask(of_desk(case, "decisions/"), "POST", data={"action": "PUBLISH"}, **etag).status == 409
    silent = second.ask(of_desk(case, "appeal/"), "POST", data={"overturns": True, "answer": ""}, **etag)
    assert json.loads(silent.text)["errors"][0]["pointer"] == "#/answer"
    done = json.loads(second.ask(of_desk(case, "appeal/"), "POST", data=body, **etag).text)
    assert (done["state"], done["appeal"]["outcome"], done["appeal"]["still_in_force"]) == ("CLOSED", "OVERTURNED", [])

    assert json.loads(me.ask(place).text)["appeal"]["outcome"] == ""  # it can still be undone
    let_words_leave()
    told = json.loads(me.ask(place).text)
    assert (told["appeal"]["outcome"], told["appeal"]["answer"]) == ("OVERTURNED", ANSWER)
    for name in (moderator.username, colleague.username):
        assert name not in me.ask(place).text
    thread = f"/api/v1/threads/{written.post.thread.public_id}/posts/"
    assert json.loads(visitor().ask(thread).text)["posts"][0]["state"] == "PUBLISHED"


def test_whoever_reported_is_told_kindly_what_is_missing(reference: str, written: GuestPost) -> None:
    publish_post(written.post, actor=None)
    me = visitor()
    for place, sent, said in (
        ("/reports/ask-again/", {"reference": reference, "text": ""}, AppealUnfit.message),
        ("/reports/", {"reference": ""}, "Write here the reference you were given."),
        (f"/p/{written.post.public_id}/report/", {"reason": ""}, ReasonUnknown.message),
    ):
        answer = me.ask(place, "POST", data=sent)
        assert (answer.status, "This field is required." in answer.text) == (400, False)
        assert str(said) in answer.text


def test_a_report_is_appealed_over_the_api(reference: str) -> None:
    me, place = visitor(), f"/api/v1/reports/{reference}/"
    assert json.loads(me.ask(place).text)["may_ask_again"] is True
    sent = me.ask(f"{place}appeal/", "POST", data={"text": HOW})
    assert (sent.status, json.loads(sent.text)["is_asked_again"]) == (201, True)
    assert json.loads(sent.text)["help"] is None
    assert me.ask("/api/v1/reports/00000000000000/appeal/", "POST", data={"text": HOW}).status == 404


def test_danger_over_the_api_is_answered_with_help_from_the_country_that_is_named(
    written: GuestPost, statement: Statement, reference: str
) -> None:
    load_directory()
    me, key = guest(written.code), {"Idempotency-Key": "one-key-for-both-of-them"}
    places = (f"/api/v1/statements/{statement.public_id}/appeal/", f"/api/v1/reports/{reference}/appeal/")
    for place in places:
        body = {"text": DANGER, "country": "nz"}
        sent, again = (json.loads(me.ask(place, "POST", data=body, **key).text) for _time in range(2))
        assert (sent["help"]["country"], sent["help"]["resources"] != [], again) == ("NZ", True, sent)
    assert {case.lane for case in Case.objects.filter(appeal__isnull=False)} == {Lane.LIFE}


def test_nobody_else_decides_over_the_api(written: GuestPost, statement: Statement, other_member: User) -> None:
    guest(written.code).ask(asking(statement), "POST", data={"text": HOW})
    case = appeal_case()
    for somebody, status in ((visitor(), 401), (signed_in(other_member), 403)):
        answer = somebody.ask(of_desk(case, "appeal/"), "POST", data={"overturns": True, "answer": ANSWER})
        assert answer.status == status
    assert Appeal.objects.get().is_waiting


# --- The desk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(written: GuestPost, statement: Statement) -> Case:
    guest(written.code).ask(asking(statement), "POST", data={"text": HOW})
    return appeal_case()


def page_of(case: Case) -> str:
    return f"/admin/moderation/case/{case.pk}/change/"


def typed(case: Case, **fields: Any) -> dict[str, Any]:
    return {"seen": str(Seen.of(case)), "outcome": "overturned", "answer": ANSWER, **fields}


def test_whoever_decided_first_sees_it_and_is_told_kindly_also_when_nobody_else_is_there(
    client: Client, waiting: Case, moderator: User
) -> None:
    desk = sign_in(client, moderator)
    page = desk.get(page_of(waiting)).content.decode()
    assert HOW in page
    assert "You took the decision that this is about" in page
    assert "There is nobody else at the desk" in page
    assert "Your answer" not in page
    refused = desk.post(page_of(waiting), typed(waiting))
    assert "Nothing was changed" in refused.content.decode()
    another(moderator, "desk two")
    assert "There is nobody else at the desk" not in desk.get(page_of(waiting)).content.decode()
    assert (Appeal.objects.get().is_waiting, Post.objects.get().state) == (True, "HIDDEN")


def test_somebody_else_decides_it_in_words(client: Client, waiting: Case, colleague: User) -> None:
    desk = sign_in(client, colleague)
    silent = desk.post(page_of(waiting), typed(waiting, answer=""))
    assert silent.status_code == 400
    assert str(AnswerMissing.message) in silent.content.decode()
    assert desk.post(page_of(waiting), typed(waiting)).status_code == 302
    assert (Appeal.objects.get().answer, Post.objects.get().state) == (ANSWER, "PUBLISHED")
    closed = desk.get(page_of(waiting)).content.decode()
    assert "What was found" in closed
    assert "Your answer" not in closed


@pytest.mark.parametrize("button", [{}, {"next": "1"}], ids=["decide", "and take the next"])
@pytest.mark.parametrize("how", [HOW, DANGER], ids=["no life", "a life"])
def test_after_an_answer_about_a_life_too_a_moderator_is_asked_to_take_a_breath(
    client: Client, written: GuestPost, statement: Statement, colleague: User, how: str, button: dict[str, str]
) -> None:
    guest(written.code).ask(asking(statement), "POST", data={"text": how})
    case = appeal_case()
    page = sign_in(client, colleague).post(page_of(case), typed(case, **button), follow=True).content.decode()
    assert "Answered: " in page
    assert ("That was about a life." in page) == (how == DANGER)


def test_what_changed_meanwhile_is_said_and_what_was_typed_stays(
    client: Client, waiting: Case, colleague: User, written: GuestPost
) -> None:
    desk = sign_in(client, colleague)
    before = typed(waiting, answer="Sentinel words.")
    Post.objects.filter(pk=waiting.post_id).update(version=7)
    refused = desk.post(page_of(waiting), before)
    text = refused.content.decode()
    assert refused.status_code == 400
    assert "Sentinel words." in text
    assert 'value="1.0.7"' in text
    assert Appeal.objects.get().is_waiting


def test_a_bracket_of_a_canned_reply_is_filled_in_before_an_answer_is_sent(
    client: Client, waiting: Case, colleague: User
) -> None:
    create_first_replies()
    left = "I will look here again [when]."
    page = sign_in(client, colleague).post(page_of(waiting), typed(waiting, answer=left))
    assert page.status_code == 400
    assert "Something in brackets is not filled in yet." in page.content.decode()
    assert left in page.content.decode()
    headers = {"If-Match": f'"{Seen.of(waiting)}"'}
    body = {"overturns": True, "answer": left}
    answer = signed_in(colleague).ask(of_desk(waiting, "appeal/"), "POST", data=body, **headers)
    assert (answer.status, json.loads(answer.text)["code"]) == (400, "brackets-left")
    assert Appeal.objects.get().is_waiting


def test_the_second_of_two_is_told_that_it_is_decided_and_keeps_their_words(
    client: Client, waiting: Case, moderator: User, colleague: User
) -> None:
    late = sign_in(Client(), another(moderator, "desk three"))
    before = typed(waiting, answer="Sentinel words.", outcome="stands")
    assert sign_in(client, colleague).post(page_of(waiting), typed(waiting)).status_code == 302
    text = late.post(page_of(waiting), before).content.decode()
    assert "This case is decided already" in text
    assert "Sentinel words." in text
    assert Appeal.objects.get().outcome == "OVERTURNED"


def test_a_reporters_is_overturned_for_a_reason(client: Client, reference: str, colleague: User) -> None:
    visitor().ask("/reports/ask-again/", "POST", data={"reference": reference, "text": HOW})
    case = appeal_case()
    desk = sign_in(client, colleague)
    page = desk.get(page_of(case)).content.decode()
    assert "What whoever reported it says" in page
    assert desk.post(page_of(case), typed(case, reason="")).status_code == 400
    assert desk.post(page_of(case), typed(case, reason=WHY)).status_code == 302
    case.post.refresh_from_db()
    assert case.post.state == "HIDDEN"


def test_it_stands_in_the_queue_among_the_others(client: Client, waiting: Case, colleague: User) -> None:
    queue = sign_in(client, colleague).get("/admin/moderation/case/").content.decode()
    assert "its author asks for another look" in queue
    taken = Somebody(client).ask("/api/v1/desk/cases/next/", "POST", data={})
    assert json.loads(taken.text)["reasons"][0]["code"] == "appealed"


def test_it_is_in_no_batch(waiting: Case, moderator: User, colleague: User) -> None:
    for by, code in ((colleague, "case-is-an-appeal"), (moderator, "decided-it-first")):
        chosen = [Chosen(waiting.public_id, Seen.of(waiting))]
        batch = carry_out(new_public_id(), BulkAct("LEAVE"), actor=by, chosen=chosen)
        assert [item.problem for item in items_of(batch, by)] == [code]
    assert Appeal.objects.get().is_waiting


def test_the_page_of_what_was_decided_costs_the_same_for_one_and_for_five(written: GuestPost, moderator: User) -> None:
    me, place = guest(written.code), f"/p/{written.post.public_id}/decided/"
    me.ask(place)  # what every page asks for once is asked for
    counted = []
    for number in range(5):
        sanction_author(written.post, actor=moderator, terms=Terms(Level.WARNING, f"Reason {number}."))
        if number in {0, 4}:
            with CaptureQueriesContext(connection) as queries:
                assert f"Reason {number}." in me.ask(place).text
            counted.append(len(queries))
    assert counted[0] == counted[1]
