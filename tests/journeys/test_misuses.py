"""One test for each way to misuse the desk, or reports, named for the misuse: over HTTP alone, as whoever tries it.

The names in brackets are those of the safety rules. How each part works in all its cases is tested in tests/moderation
and tests/forum.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import User as Account
from forum.models import Post
from forum.services.visibility import publish_post
from moderation.models import Case, ReportReason
from tests.accounts.leaving import work
from tests.house.doors import Answer, Somebody, guest, in_an_app, signed_in, visitor
from tests.personas import PASSWORD, answered_by, let_words_leave, make_member, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Category

pytestmark = pytest.mark.django_db
DESK = "/api/v1/desk/"
WORDS = "Nineteen winters in Elm Street."


@pytest.fixture
def hers(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category, title="Nineteen", text=WORDS)


def shown_by(member: User, category: Category, text: str = "Some words.") -> Post:
    """Read by somebody of the team, and published."""
    return publish_post(written_by(member, category, text=text), actor=None)


def asked(somebody: Somebody, address: str, method: str = "POST", **body: Any) -> Any:
    answer = somebody.ask(address, method, data=body)
    assert answer.status in {200, 201}, answer.text
    return json.loads(answer.text)


def reported(somebody: Somebody, post: Post, reason: str, **said: str) -> str:
    told: str = asked(somebody, f"/api/v1/posts/{post.public_id}/reports/", reason=reason, **said)["reference"]
    return told


def is_shown(post: Post, somebody: Somebody | None = None) -> bool:
    posts = f"/api/v1/threads/{post.thread.public_id}/posts/"
    return post.source in (somebody or visitor()).ask(posts).text


def decided(desk: Somebody, post: Post, **decision: Any) -> Answer:
    case = Case.objects.get(post=post, appeal=None, state="OPEN")
    read = json.loads(desk.ask(f"{DESK}cases/{case.public_id}/").text)
    answer = desk.ask(f"{DESK}cases/{read['id']}/decisions/", "POST", data=decision, **{"If-Match": read["etag"]})
    assert answer.status == 201, answer.text
    let_words_leave()
    return answer


def comparable(answers: list[Answer]) -> list[Any]:
    return [answer.comparable for answer in answers]


# --- Reporting to silence (safety.md J7, 2.11) ------------------------------------------------------------------------


def test_somebody_reports_everything_she_wrote(trusted_member: User, other_member: User, category: Category) -> None:
    """One person, many posts, every reason there is: all of it stays where it is."""
    posts = [written_by(trusted_member, category, text=f"Words {number}.") for number in range(5)]
    him = signed_in(other_member)
    hers_alone = ReportReason.BREAKS_WISH  # whoever began the conversation says so, and nobody else
    for post, reason in zip(posts * 3, [each for each in ReportReason if each is not hers_alone], strict=False):
        reported(him, post, reason)
    refused = him.ask(f"/api/v1/posts/{posts[0].public_id}/reports/", "POST", data={"reason": hers_alone})
    assert refused.status == 403
    assert all(is_shown(post) for post in posts)


def test_a_brigade_of_new_accounts_reports_one_post(hers: Post) -> None:
    for number in range(10):
        reported(signed_in(make_member(f"new name {number}")), hers, "HOSTILE", text="Take it down.")
        reported(visitor(), hers, "HOSTILE")
    assert is_shown(hers)
    assert Case.objects.get(post=hers).reports.count() == 20


def test_a_brigade_cries_wolf_to_bury_a_cry_for_help(hers: Post, category: Category, moderator: User) -> None:
    for number in range(10):
        reported(signed_in(make_member(f"new name {number}")), hers, "HOSTILE")
    other = publish_post(written_by_guest(category).post, actor=None)
    reported(visitor(), other, "DANGER")
    first = json.loads(in_an_app(moderator).ask(f"{DESK}cases/next/", "POST", data={}).text)
    assert first["post"]["id"] == other.public_id


# --- Reporting to find out (J4) ---------------------------------------------------------------------------------------


def test_somebody_reads_from_what_became_of_his_post_that_she_is_here(
    trusted_member: User, other_member: User, hers: Post
) -> None:
    """She says that he may be here: her words are gone for him at once, and of his own nothing is changed."""
    his = shown_by(other_member, hers.thread.category)
    him, places = signed_in(other_member), (f"/api/v1/posts/{his.public_id}/", "/api/v1/own-posts/", "/api/v1/inbox/")
    before = [him.ask(place) for place in places]
    reported(signed_in(trusted_member), his, "HURT_ME")
    assert not is_shown(hers, him)
    assert comparable([him.ask(place) for place in places]) == comparable(before)


def test_somebody_appeals_to_learn_who_reported_him(trusted_member: User, other_member: User, category: Category,
                                                    moderator: User) -> None:  # fmt: skip
    """Neither the statement of reasons nor the appeal nor its answer tells who reported, or in which words."""
    his = shown_by(other_member, category, text="She lives in Elm Street.")
    reported(signed_in(trusted_member), his, "IDENTIFIES", text="That is my street, says Wren.")
    decided(in_an_app(moderator), his, action="HIDE", reason="It names a street.")
    him = signed_in(other_member)
    told = him.ask(f"/api/v1/posts/{his.public_id}/statements/")
    statement = json.loads(told.text)["statements"][0]
    asking = him.ask(f"/api/v1/statements/{statement['id']}/appeal/", "POST", data={"text": "Who says so?"})
    seen = told.everything + asking.everything + him.ask(f"/api/v1/posts/{his.public_id}/").everything
    assert (asking.status, "It names a street." in seen) == (201, True)
    for secret in ("Wren", "my street", trusted_member.pseudonym, "IDENTIFIES"):
        assert secret not in seen


# --- Finding the team (moderation.md 1) -------------------------------------------------------------------------------


def test_a_banned_member_looks_for_whoever_banned_him(other_member: User, category: Category, moderator: User) -> None:
    his = written_by(other_member, category)
    ban = {"level": "BAN", "reason": "Threats."}
    decided(in_an_app(moderator), his, action="HIDE", reason="Threats.", sanction=ban)
    him = signed_in(other_member)
    places = (
        f"/api/v1/posts/{his.public_id}/",
        f"/api/v1/posts/{his.public_id}/statements/",
        "/api/v1/inbox/",
        "/mine/",
    )
    seen = "".join(him.ask(place).everything for place in (*places, "/inbox/", f"/p/{his.public_id}/"))
    assert "Threats." in seen
    for name in (moderator.username, moderator.pseudonym):
        assert name not in seen


# --- Coming back (S2) -------------------------------------------------------------------------------------------------


def test_a_banned_name_writes_on_under_another(other_member: User, category: Category, moderator: User) -> None:
    """The ban is on one anonymous name, and nobody at the desk learns whose it is."""
    him, place = signed_in(other_member), "/api/v1/threads/"
    words = {"category_id": category.public_id, "title": "A title", "text": "Threats.", "speaks_as": "thread_pseudonym"}
    post = asked(him, place, **words)["post"]["id"]
    ban = {"level": "BAN", "reason": "Threats."}
    told = decided(
        in_an_app(moderator), Post.objects.get(public_id=post), action="HIDE", reason="Threats.", sanction=ban
    )
    assert other_member.pseudonym not in told.everything
    for speaks_as in ("thread_pseudonym", "pseudonym"):
        assert him.ask(place, "POST", data={**words, "speaks_as": speaks_as}).status == 403


# --- Getting out of it (3.9, D4) --------------------------------------------------------------------------------------


def test_somebody_erases_his_account_before_anybody_looks(
    trusted_member: User, other_member: User, category: Category, moderator: User
) -> None:
    """His words go, as everybody's do; the case, and what a child in danger needs, wait for a person all the same."""
    his = shown_by(other_member, category, text="Pictures of a child.")
    reported(signed_in(trusted_member), his, "CHILD", text="I saw it.")
    answer = signed_in(other_member).ask("/api/v1/account/closings/", "POST", data={"password": PASSWORD})
    assert answer.status == 202, answer.text
    work()
    his.refresh_from_db()
    assert (his.state, Account.objects.filter(pk=other_member.pk, is_active=True).exists()) == ("ERASED", False)
    first = json.loads(in_an_app(moderator).ask(f"{DESK}cases/next/", "POST", data={}).text)
    assert (first["post"]["id"], first["reports"][0]["text"]) == (his.public_id, "I saw it.")


def test_the_team_keeps_her_from_taking_back_her_own_words(hers: Post, trusted_member: User, moderator: User) -> None:
    """Hidden, with a case about it, in a thread that takes no replies: still hers to erase."""
    reported(visitor(), hers, "OTHER")
    decided(in_an_app(moderator), hers, action="HIDE", reason="Why.")
    her = signed_in(trusted_member)
    assert her.ask(f"/api/v1/posts/{hers.public_id}/", "DELETE").status == 204
    assert WORDS not in in_an_app(moderator).ask(f"{DESK}cases/?state=CLOSED").text


# --- The flag that is hers alone (2.3) --------------------------------------------------------------------------------


def test_somebody_holds_others_replies_with_the_flag_that_is_the_authors(
    trusted_member: User, other_member: User, hers: Post
) -> None:
    reply = answered_by(trusted_member, hers, text="You could have left.")
    address = f"/api/v1/posts/{reply.public_id}/flag/"
    assert signed_in(other_member).ask(address, "PUT").status in {403, 404, 409}
    assert visitor().ask(address, "PUT").status in {401, 403, 404}
    assert is_shown(reply)


# --- A curious or coerced moderator (S2) ------------------------------------------------------------------------------


def test_a_curious_moderator_reads_everything_to_learn_who_wrote_it(
    other_member: User, category: Category, moderator: User
) -> None:
    """Whatever of an anonymous post the desk shows: nothing tells it from that of any other member of the site."""
    him = signed_in(other_member)
    words = {"category_id": category.public_id, "title": "A title", "text": WORDS, "speaks_as": "thread_pseudonym"}
    post = asked(him, "/api/v1/threads/", **words)["post"]["id"]
    case = Case.objects.get(post__public_id=post)
    desk, pages = in_an_app(moderator), signed_in(moderator)
    seen = desk.ask(f"{DESK}cases/{case.public_id}/").everything + desk.ask(f"{DESK}cases/").everything
    seen += pages.ask(f"/admin/moderation/case/{case.pk}/change/").everything + pages.ask("/admin/").everything
    assert WORDS in seen
    for tell in (other_member.username, other_member.pseudonym):
        assert tell not in seen


def test_one_moderator_alone_asks_whose_it_is(category: Category, moderator: User, other_member: User) -> None:
    his = written_by(other_member, category)
    look = {"post": his.public_id, "access": "UNMASKING", "reason": "I want to know."}
    answer = in_an_app(moderator).ask(f"{DESK}looks/", "POST", data=look)
    assert answer.status in {400, 403, 409}, answer.text


def test_a_moderator_decides_about_their_own_words(category: Category, moderator: User) -> None:
    own = shown_by(moderator, category)
    reported(visitor(), own, "HOSTILE")
    case = Case.objects.get(post=own)
    desk = in_an_app(moderator)
    assert desk.ask(f"{DESK}cases/next/", "POST", data={}).status == 204
    assert desk.ask(f"{DESK}cases/{case.public_id}/").status == 403


# --- A desk in the wrong hands ----------------------------------------------------------------------------------------


def test_a_member_tries_the_doors_of_the_desk(other_member: User, hers: Post) -> None:
    reported(visitor(), hers, "OTHER")
    case = Case.objects.get(post=hers)
    for somebody, refused in ((signed_in(other_member), 403), (visitor(), 401)):
        for address, method in ((f"cases/{case.public_id}/", "GET"), ("cases/next/", "POST"), ("figures/", "GET")):
            answer = somebody.ask(DESK + address, method)
            assert (answer.status, WORDS in answer.text) == (refused, False)


def test_two_moderators_decide_the_same_case_at_once(hers: Post, moderator: User, second: User) -> None:
    """The second is refused, and learns that somebody was there first."""
    reported(visitor(), hers, "OTHER")
    case = Case.objects.get(post=hers)
    address = f"{DESK}cases/{case.public_id}/"
    desks = [in_an_app(moderator), in_an_app(second)]
    read = [json.loads(desk.ask(address).text)["etag"] for desk in desks]
    body = {"action": "HIDE", "reason": "Why."}
    told = [
        desk.ask(f"{address}decisions/", "POST", data=body, **{"If-Match": etag}).status
        for desk, etag in zip(desks, read, strict=True)
    ]
    assert told == [201, 409]


# --- Nobody is silently removed (3.1, 3.7) ----------------------------------------------------------------------------


def test_a_newcomer_is_treated_as_if_they_were_a_troll(category: Category) -> None:
    """Their first words wait for a look, they are told so, and read their own words; nothing is removed in silence."""
    written = written_by_guest(category, text=WORDS)
    assert not is_shown(written.post)
    own = json.loads(guest(written.code).ask(f"/api/v1/posts/{written.post.public_id}/").text)
    assert (own["state"], WORDS in own["html"]) == ("HELD", True)


def test_a_notice_about_a_child_asks_for_a_name(hers: Post) -> None:
    """Signed out, without a name or a word: it is received, and one can ask what became of it (DSA art. 16)."""
    reference = reported(visitor(), hers, "CHILD")
    assert json.loads(visitor().ask(f"/api/v1/reports/{reference}/").text)["is_waiting"]
