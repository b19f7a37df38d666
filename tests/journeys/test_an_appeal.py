"""A reply that was taken down by mistake, from its author's question to its place in the thread, over the API alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.house.doors import Somebody, in_an_app, signed_in, visitor
from tests.personas import let_words_leave, written_by

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Category

pytestmark = pytest.mark.django_db
DESK = "/api/v1/desk/cases/"


def test_a_reply_taken_down_by_mistake_is_looked_at_again_by_somebody_else_and_put_back(
    trusted_member: User, other_member: User, moderator: User, second: User, category: Category
) -> None:
    story = written_by(trusted_member, category, title="A beginning")
    place = f"/api/v1/threads/{story.thread.public_id}/posts/"
    noor, mira, sol = Somebody(), in_an_app(moderator), in_an_app(second)

    decide(mira, {"action": "PUBLISH"})  # what waited before

    # Noor answers without an account; Mira lets it through, somebody else answers below, and Wren believes her.
    answer = asked(noor, place, {"text": "I hummed Elm Street all night, and I believe you."})
    post, noor.claim_code = answer["post"]["id"], answer["claim_code"]
    decide(mira, {"action": "PUBLISH"})
    asked(in_an_app(trusted_member), place, {"text": "So did I.", "parent_id": post})
    wren = signed_in(other_member)
    assert wren.ask(f"/api/v1/posts/{post}/reactions/BELIEVE/", "PUT").status == 204
    before = thread(place)

    # A reader tells the team that it names a street. Mira hides it, with a pause for whoever wrote it.
    report = asked(visitor(), f"/api/v1/posts/{post}/reports/", {"reason": "IDENTIFIES", "text": "A street!"})
    pause = {"level": "SUSPENSION", "days": 7, "reason": "A second time."}
    decide(mira, {"action": "HIDE", "reason": "It names a street.", "sanction": pause})
    let_words_leave()
    hidden = next(each for each in thread(place) if each["id"] == post)
    assert (hidden["is_readable"], "Elm" in json.dumps(hidden)) == (False, False)

    # Noor reads why, and asks for another look, although she cannot write.
    (told,) = json.loads(noor.ask(f"/api/v1/posts/{post}/statements/").text)["statements"]
    assert (told["restriction"], told["reasons"]) == ("HIDE", ["It names a street.", "A second time."])
    assert noor.ask(place, "POST", data={"text": "Words."}).status == 403
    asked(noor, f"/api/v1/statements/{told['id']}/appeal/", {"text": "It is a song."})

    # To Mira nothing comes; Sol takes it, and takes both back, the post and the pause.
    assert mira.ask(f"{DESK}next/", "POST", data={}).status == 204
    case = json.loads(sol.ask(f"{DESK}next/", "POST", data={}).text)
    assert (case["appeal"]["text"], case["appeal"]["may_decide"]) == ("It is a song.", True)
    body = {"overturns": True, "answer": "You are right. Thank you for asking."}
    asked(sol, f"{DESK}{case['id']}/appeal/", body, **{"If-Match": case["etag"]})

    # It is where it was, with what was given to it; Noor can write, and the reader knows what became of it.
    assert thread(place) == before
    let_words_leave()
    own = json.loads(noor.ask(f"/api/v1/posts/{post}/").text)
    assert (own["state"], own["word_to_author"]) == ("PUBLISHED", "You are right. Thank you for asking.")
    assert "BELIEVE" in json.dumps(own)
    asked(noor, place, {"text": "Thank you."})
    assert "put it back" in json.loads(visitor().ask(f"/api/v1/reports/{report['reference']}/").text)["outcome"]


def asked(somebody: Somebody, address: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = somebody.ask(address, "POST", data=body, **headers)
    assert answer.status == 201, answer.text
    made: dict[str, Any] = json.loads(answer.text)
    return made


def decide(desk: Somebody, decision: dict[str, Any]) -> None:
    case = json.loads(desk.ask(f"{DESK}next/", "POST", data={}).text)
    asked(desk, f"{DESK}{case['id']}/decisions/", decision, **{"If-Match": case["etag"]})


def thread(place: str) -> list[dict[str, Any]]:
    posts: list[dict[str, Any]] = json.loads(visitor().ask(place).text)["posts"]
    return posts
