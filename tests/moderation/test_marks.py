"""Sending a post back with the very words marked it is about: kept as places, read by its author and nobody else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from accounts.identity import identity_of
from forum.authorship import VISITOR, Reader
from forum.models import Category, Post
from forum.queries import show_post
from forum.services.own_data import export_of
from forum.services.posts import edit_post
from forum.services.visibility import erase_post, put_out_of_sight, withdraw_post
from forum.states import PostState
from moderation.models import Action, Case, CaseState, Decision, DecisionEffect, EffectKind, Seen
from moderation.queries import case_for_moderator, decisions_about, last_marked
from moderation.services.cases import CaseAlreadyClosed
from moderation.services.claims import take_next
from moderation.services.decisions import decide
from moderation.services.marks import MAX_MARK_CHARS, MOST_MARKS, MOST_PLACES, MarksUnfit
from moderation.services.undoing import undo_decision
from tests.personas import GuestPost, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TEXT = (
    "He *never* let me go out.\n\n"
    "We lived at 12 Mill Lane, in [the house](https://example.org/us) by the mill.\n\n"
    "- one\n- two"
)
WORD = "Please leave out where it was."


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category, title="The first night", text=TEXT)


def returned(by: User, *marks: str, **what: Any) -> Decision:
    case = Case.objects.select_related("post__thread__category").get()
    return decide(case, actor=by, seen=Seen.of(case), marks=marks, **({"action": Action.RETURN, "word": WORD} | what))


def own(guest: GuestPost) -> Any:
    return show_post(guest.reader, Post.objects.select_related("thread__category").get(), None)


def texts(guest: GuestPost) -> list[str]:
    return [mark.text for mark in own(guest).marks]


def written_again(guest: GuestPost, text: str = "He never let me go out.") -> Post:
    post = Post.objects.select_related("thread__category").get()
    return edit_post(post, actor=guest.reader, version=post.version, title="The first night", text=text)


def let_the_word_leave(clock: time_machine.Traveller) -> None:
    clock.shift(dt.timedelta(seconds=15))


@pytest.mark.parametrize(
    ("passage", "marked"),
    [
        ("12 Mill Lane", ["12 Mill Lane"]),
        ("We lived\n   at 12 Mill Lane,", ["We lived at 12 Mill Lane,"]),
        ("He never let", ["He *never* let"]),
        ("He *never* let", ["He *never* let"]),
        ("in the house by", ["in [the house](https://example.org/us) by"]),
        ("one two", ["one\n- two"]),
        ("never", ["*never*"]),
        ("The first night", ["The first night"]),
        ("mill", ["mill"]),
        ("l", None),
    ],
)
def test_a_passage_is_found_as_it_is_written_or_as_it_is_read(
    guest: GuestPost, moderator: User, clock: time_machine.Traveller, passage: str, marked: list[str] | None
) -> None:
    if marked is None:
        with pytest.raises(MarksUnfit):
            returned(moderator, passage)
        return
    returned(moderator, passage)
    let_the_word_leave(clock)
    assert texts(guest) == marked
    post = Post.objects.get()
    words = f"{post.title}\n{post.source}"
    assert [words[mark.start : mark.end] for mark in own(guest).marks] == marked


def test_what_overlaps_is_one_mark_and_what_stands_there_twice_is_marked_twice(
    category: Category, moderator: User, clock: time_machine.Traveller
) -> None:
    guest = written_by_guest(category, text="Anna came. Then Anna went home.")
    returned(moderator, "Anna", "Then Anna", "Anna went", "Anna", "  ")
    let_the_word_leave(clock)
    assert texts(guest) == ["Anna", "Then Anna went"]


@pytest.mark.parametrize(
    ("text", "passage", "marked"),
    [
        ("Anna told Ann of the Annahme.", "Ann", ["Ann"]),
        ("Anna told of it.", "Ann", ["Ann"]),
        ("Room 12, not 112 or 121.", "12", ["12"]),
        ("He said *Ann*, and Annalena.", "ann, and", None),
        ("\u4ed6\u4f4f\u5728\u957f\u8857\u3002\u957f\u8857\u5f88\u957f\u3002", "\u957f\u8857", ["\u957f\u8857"] * 2),
        ("I told Rene\u0301, and Renee.", "Ren\u00e9", ["Rene\u0301"]),
        ("I told Ren\u00e9, and Renee.", "Rene\u0301", ["Ren\u00e9"]),
        ("I told Rene\u0301.", "Rene", None),
        (
            "See [my page](https://my.example/x) and cry.",
            "my page (my.example) and",
            ["my page](https://my.example/x) and"],
        ),
        ("See [my page](https://my.example/x) and cry.", "my page and", ["my page](https://my.example/x) and"]),
        ("Call [them](tel:0123456) or me.", "them (0123456) or", ["them](tel:0123456) or"]),
        ("See my page (my.example) and cry.", "page (my.example) and", ["page (my.example) and"]),
        ("1. first\n2. second", "1. first 2. second", ["1. first\n2. second"]),
        ("1. first\n2. second", "first second", ["first\n2. second"]),
        ("- first\n- second", "• first • second", ["first\n- second"]),
        ("I left in 2010. He called.", "2010. He", ["2010. He"]),
        ("I left in 2010. He called.", "1.", None),
    ],
)
def test_how_it_is_shown_or_spelled_makes_no_difference_and_a_name_is_not_another_one(
    category: Category,
    moderator: User,
    clock: time_machine.Traveller,
    text: str,
    passage: str,
    marked: list[str] | None,
) -> None:
    guest = written_by_guest(category, text=text)
    if marked is None:
        with pytest.raises(MarksUnfit):
            returned(moderator, passage)
        return
    returned(moderator, passage)
    let_the_word_leave(clock)
    assert texts(guest) == marked


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (["12 Mill Road"], "Passage 1 does not stand"),
        (["12 Mill Lane", "**"], "Passage 2 does not stand"),
        (["x" * (MAX_MARK_CHARS + 1)], "Passage 1 is too long"),
        ([f"passage {number}" for number in range(MOST_MARKS + 1)], "20 passages at most"),
        (["e"], "Passage 1 stands there many times"),
    ],
)
def test_what_cannot_be_marked_is_refused_kindly_and_nothing_is_done(
    guest: GuestPost, moderator: User, marks: list[str], said: str
) -> None:
    with pytest.raises(MarksUnfit) as refused:
        returned(moderator, *marks)
    assert list(refused.value.fields) == ["marks"]
    assert said in refused.value.fields["marks"][0]
    assert "Mill" not in str(refused.value.fields)
    assert not Decision.objects.exists()
    assert Post.objects.get().state == PostState.HELD


def test_a_word_that_stands_there_a_few_times_is_marked_each_time(category: Category, moderator: User) -> None:
    guest = written_by_guest(category, title="A", text="mill. " * MOST_PLACES)
    returned(moderator, "mill.")
    assert len(Post.objects.get(pk=guest.post.pk).marks) == MOST_PLACES


@pytest.mark.parametrize(
    ("action", "what"),
    [(Action.PUBLISH, {"word": ""}), (Action.HIDE, {"word": "", "reason": "It names a street."})],
)
def test_words_are_marked_only_where_a_post_is_sent_back(
    guest: GuestPost, moderator: User, action: str, what: dict[str, str]
) -> None:
    with pytest.raises(MarksUnfit):
        returned(moderator, "12 Mill Lane", action=action, **what)
    assert not Decision.objects.exists()


def test_nobody_but_its_author_reads_marks_and_they_only_with_the_word(
    guest: GuestPost, moderator: User, other_member: User, clock: time_machine.Traveller
) -> None:
    returned(moderator, "12 Mill Lane")
    assert (texts(guest), own(guest).state) == ([], PostState.RETURNED)
    let_the_word_leave(clock)
    assert texts(guest) == ["12 Mill Lane"]
    post = Post.objects.select_related("thread__category").get()
    for reader in (VISITOR, Reader(member=other_member), Reader(member=moderator, is_moderator=True)):
        assert show_post(reader, post, None).marks == ()


def test_only_places_are_kept(guest: GuestPost, moderator: User) -> None:
    decision = returned(moderator, "12 Mill Lane")
    effect = DecisionEffect.objects.get(decision=decision)
    assert (effect.kind, effect.facts) == (EffectKind.MARK, {"places": Post.objects.get().marks})
    ((start, end),) = effect.facts["places"]
    assert f"The first night\n{TEXT}"[start:end] == "12 Mill Lane"
    undoing = decision.undoing
    assert "Mill" not in str((undoing.typed, undoing.before))


def test_other_words_take_the_marks_off_and_the_same_moderator_still_sees_what_was_marked(
    guest: GuestPost, moderator: User, clock: time_machine.Traveller
) -> None:
    returned(moderator, "12 Mill Lane")
    let_the_word_leave(clock)
    written_again(guest)
    post = Post.objects.get()
    assert (post.state, post.marks, texts(guest)) == (PostState.HELD, [], [])
    case = take_next(actor=moderator)
    assert case is not None
    marked = last_marked(decisions_about(case_for_moderator(case.public_id)))
    assert marked is not None
    assert [mark.text for mark in marked.marks] == ["12 Mill Lane"]
    assert [piece.text for piece in marked.marked_excerpt if piece.is_marked] == ["12 Mill Lane"]
    written_again(guest, "Once more.")
    assert [mark.text for mark in decisions_about(case_for_moderator(case.public_id))[0].marks] == ["12 Mill Lane"]


def test_what_is_erased_takes_the_marked_words_with_it_everywhere(
    guest: GuestPost, moderator: User, clock: time_machine.Traveller
) -> None:
    returned(moderator, "12 Mill Lane")
    let_the_word_leave(clock)
    case = Case.objects.get()
    post = Post.objects.select_related("thread__category").get()
    erase_post(post, actor=guest.reader)
    (decision,) = decisions_about(case_for_moderator(case.public_id))
    assert (Post.objects.get().marks, decision.marks, texts(guest)) == ([], (), [])
    assert "Mill" not in str(list(DecisionEffect.objects.values()))


@pytest.mark.parametrize("how", ["withdrawn", "published"])
def test_in_any_other_state_there_are_no_marks(guest: GuestPost, moderator: User, second: User, how: str) -> None:
    returned(moderator, "12 Mill Lane")
    post = Post.objects.select_related("thread__category").get()
    if how == "withdrawn":
        withdraw_post(post, actor=guest.reader)
    else:
        put_out_of_sight(post)
    assert Post.objects.get().marks == []


def test_undone_the_marks_are_gone_and_stand_in_the_form_again(guest: GuestPost, moderator: User) -> None:
    decision = returned(moderator, "He never let", "one two")
    case = Case.objects.select_related("post").get()
    undo_decision(case, actor=moderator, seen=Seen.of(case))
    assert (Post.objects.get().state, Post.objects.get().marks) == (PostState.HELD, [])
    (read,) = decisions_about(case_for_moderator(case.public_id))
    assert (read, read.marked_lines) == (decision, "He never let\none two")
    assert last_marked([read]) is None
    returned(moderator, *read.marked_lines.splitlines())
    assert Post.objects.get().marks == [[mark.start, mark.end] for mark in read.marks]


def test_the_same_sent_twice_is_once_and_other_marks_are_another_decision(guest: GuestPost, moderator: User) -> None:
    case = Case.objects.select_related("post__thread__category").get()
    sent: dict[str, Any] = {"actor": moderator, "action": Action.RETURN, "seen": Seen.of(case), "word": WORD}
    first = decide(case, marks=["12 Mill Lane"], **sent)
    assert decide(case, marks=[" 12  Mill Lane"], **sent) == first
    for others in ([], ["He never"]):
        with pytest.raises(CaseAlreadyClosed):
            decide(case, marks=others, **sent)
    assert Case.objects.get().state == CaseState.WAITING


def test_reading_what_was_marked_costs_one_query_and_none_where_nothing_was(
    guest: GuestPost, moderator: User, clock: time_machine.Traveller, django_assert_num_queries: Any
) -> None:
    returned(moderator)
    case = case_for_moderator(Case.objects.get().public_id)
    with django_assert_num_queries(2):
        decisions_about(case)
    written_again(guest, TEXT)
    returned(moderator, "12 Mill Lane")
    written_again(guest)
    returned(moderator, "He never")
    case = case_for_moderator(Case.objects.get().public_id)
    with django_assert_num_queries(3):
        newest, before, first = decisions_about(case)
    assert ([m.text for m in newest.marks], [m.text for m in before.marks]) == (["He never"], ["12 Mill Lane"])
    assert first.marks == ()


# --- Through the doors ------------------------------------------------------------------------------------------------


def place(case: Case) -> str:
    return f"/admin/moderation/case/{case.pk}/change/"


def test_at_the_desk_a_passage_is_typed_on_each_line_and_read_again_where_the_post_comes_back(
    client: Client, guest: GuestPost, moderator: User, clock: time_machine.Traveller
) -> None:
    desk, case = sign_in(client, moderator), Case.objects.select_related("post").get()
    sent = {
        "seen": str(Seen.of(case)),
        "action": "RETURN",
        "word": WORD,
        "marks": "He never let\r\n\r\n12 Mill Lane\r\n",
    }
    assert desk.post(place(case), sent).status_code == 302
    waiting = desk.get(place(case)).content.decode()
    assert "What was marked when it was sent back" in waiting
    assert "(marked: </span>12 Mill Lane<span" in waiting
    let_the_word_leave(clock)
    written_again(guest)
    page = desk.get(place(case)).content.decode()
    assert "(marked: </span>12 Mill Lane<span" in page
    assert "What its author changed since the team decided" in page
    assert page.count("<del>") > 0


def test_what_cannot_be_marked_is_said_at_the_desk_and_what_was_typed_stays(
    client: Client, guest: GuestPost, moderator: User
) -> None:
    desk, case = sign_in(client, moderator), Case.objects.select_related("post").get()
    sent = {"seen": str(Seen.of(case)), "action": "RETURN", "word": WORD, "marks": "He never let\n12 Mill Road"}
    refused = desk.post(place(case), sent)
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "Passage 2 does not stand in the post like that." in page
    assert "12 Mill Road</textarea>" in page
    assert WORD in page
    assert Post.objects.get().state == "HELD"


def test_undone_at_the_desk_the_marks_stand_in_the_form_as_they_were_sent(
    client: Client, guest: GuestPost, moderator: User
) -> None:
    desk, case = sign_in(client, moderator), Case.objects.select_related("post").get()
    sent = {"seen": str(Seen.of(case)), "action": "RETURN", "word": WORD, "marks": "He never let\n12 Mill Lane"}
    desk.post(place(case), sent)
    case = Case.objects.select_related("post").get()
    desk.post(place(case), {"do": "undo", "seen": str(Seen.of(case))})
    page = desk.get(place(case)).content.decode()
    assert "He never let\n12 Mill Lane</textarea>" in page
    assert "What was marked when it was sent back" not in page


def test_over_the_api_marks_come_with_the_decision_and_go_to_the_author(
    client: Client, guest: GuestPost, moderator: User, clock: time_machine.Traveller
) -> None:
    desk, case = sign_in(client, moderator), Case.objects.select_related("post").get()
    path = f"/api/v1/desk/cases/{case.public_id}/decisions/"

    def send(*marks: str) -> Any:
        headers = {"Idempotency-Key": f"a-key-of-our-own-{len(marks[0]):05}", "If-Match": f'"{Seen.of(case)}"'}
        body = {"action": "RETURN", "word": WORD, "marks": marks}
        return desk.post(path, body, content_type="application/json", headers=headers)

    refused = send("12 Mill Road")
    assert (refused.status_code, refused.json()["code"]) == (400, "marks-unfit")
    assert [each["pointer"] for each in refused.json()["errors"]] == ["#/marks"]
    decided = send("12  Mill Lane").json()["decisions"][0]
    start = f"The first night\n{TEXT}".index("12 Mill")
    mark = {"start": start, "end": start + len("12 Mill Lane"), "text": "12 Mill Lane"}
    assert decided["marks"] == [mark]
    assert decided["effects"] == [{"kind": "MARK", "facts": {"places": [[mark["start"], mark["end"]]]}}]
    let_the_word_leave(clock)
    author = Client()
    author.post("/claim/", {"code": guest.code})
    post = f"/api/v1/posts/{guest.post.public_id}/"
    assert author.get(post).json()["marks"] == [mark]
    assert Client().get(post).status_code == 404


def test_its_author_sees_the_marked_words_with_their_post_and_beside_the_editor(
    guest: GuestPost, moderator: User, clock: time_machine.Traveller
) -> None:
    returned(moderator, "12 Mill Lane")
    author = Client()
    author.post("/claim/", {"code": guest.code})
    marked = '<mark><span class="visually-hidden">(marked: </span>12 Mill Lane<span class="visually-hidden">'
    for path in (f"/p/{guest.post.public_id}/", f"/p/{guest.post.public_id}/edit/"):
        assert "<mark>" not in author.get(path).content.decode()
    let_the_word_leave(clock)
    for path in (f"/p/{guest.post.public_id}/", f"/p/{guest.post.public_id}/edit/"):
        assert marked in author.get(path).content.decode()


def test_a_copy_of_ones_own_holds_what_was_marked(
    member: User, category: Category, moderator: User, clock: time_machine.Traveller
) -> None:
    written_by(member, category, text=TEXT)
    returned(moderator, "12 Mill Lane", "one two")
    told = [own.facts.get("The team marked") for own in export_of(identity_of(member)) if own.section == "A story"]
    assert told == [None]
    let_the_word_leave(clock)
    told = [own.facts.get("The team marked") for own in export_of(identity_of(member)) if own.section == "A story"]
    assert told == ["12 Mill Lane … one - two"]
