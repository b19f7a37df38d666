"""Many at once, on real connections and with real commits: nothing lost, nothing twice, nobody waits for ever."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts import sealed_records
from accounts.identity import identity_of
from accounts.models import SealedRecord
from common.errors import HearthError
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import MAX_DEPTH, Category, IdempotencyRecord, Post, Thread, ThreadPseudonym
from forum.services.adopting import adopt_posts
from forum.services.anonymity import OWN_POSTS, ClaimUnknown, new_guest, open_member, open_own, read_claim
from forum.services.burning import burn_name
from forum.services.drafts import NEW, Draft, DraftChanged, Words, drafts_of, keep_draft
from forum.services.posts import edit_post, put_back_post, reply_to, start_thread
from forum.services.visibility import erase_post, withdraw_post
from forum.states import PostState
from moderation import audit
from moderation.models import Action, AuditEntry, Case, CaseState, Decision, Report, ReportReason, Seen
from moderation.services.cases import CaseAlreadyClosed, CaseChanged, PostChanged, open_case
from moderation.services.decisions import decide
from moderation.services.moderators import GROUP, moderators
from moderation.services.reports import report_post
from tests.forum.building import chain, grow, paths_of, wide
from tests.personas import GUEST, PASSWORD, GuestPost, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
ROUNDS = 20
RACES = 10  # of two
KEY = "one-random-key-for-all-of-them"


def at_once(deeds: Sequence[Callable[[], object]]) -> list[Any]:
    """Each deed in a thread with its own connection, begun at the same moment; what each gave or raised, in order."""
    barrier = threading.Barrier(len(deeds), timeout=30)

    def do(deed: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return deed()
        except Exception as error:  # noqa: BLE001 - the test looks at every one
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def several(times: int, deed: Callable[[], object]) -> Callable[[], list[object]]:
    return lambda: [deed() for _time in range(times)]


def answer(post: Post, speaker: Speaker) -> Post:
    return reply_to(loaded(post), actor=speaker, text="I believe you.").post


def report(post: Post, number: int) -> Report:
    return report_post(loaded(post), actor=f"member:{number}", reason=ReportReason.values[number % 3])


def decide_it(case: Case, person: User, action: str, version: int) -> Decision:
    """As the desk does: the case is read before any lock."""
    found = Case.objects.get(pk=case.pk)
    return decide(
        found,
        actor=person,
        action=action,
        seen=replace(Seen.of(found), post_version=version),
        word="Please leave the name out.",
        reason="It names a place.",
    )


def all_well(outcomes: Sequence[object]) -> None:
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []


def the_log_is_whole() -> None:
    assert list(audit.problems()) == []


def loaded(post: Post) -> Post:
    return Post.objects.select_related("thread__category", "thread_pseudonym", "author").get(pk=post.pk)


def the_tree_is_whole(thread: Thread) -> None:
    """Paths, numbers and counters, said from the parents alone."""
    posts = list(Post.objects.filter(thread=thread).order_by("seq"))
    assert [post.seq for post in posts] == list(range(1, len(posts) + 1))
    assert Thread.objects.get(pk=thread.pk).last_seq == len(posts)
    index = {post.pk: number for number, post in enumerate(posts)}
    assert [post.path for post in posts] == paths_of([index[post.parent_id] for post in posts[1:] if post.parent_id])
    shown: Counter[int | None] = Counter()
    for post in reversed(posts):
        assert post.shown_children == shown[post.pk]
        shown[post.parent_id] += post.is_shown
    assert Thread.objects.get(pk=thread.pk).is_shown == posts[0].is_shown


@pytest.fixture
def desk() -> list[User]:
    """Eight moderators."""
    from accounts.models import User

    moderators()
    group = Group.objects.get(name=GROUP)
    people = [User.objects.create_user(f"desk {number} here", PASSWORD, is_staff=True) for number in range(2, 10)]
    for person in people:
        person.groups.add(group)
    return people


# --- Answers ----------------------------------------------------------------------------------------------------------


def test_answers_to_one_post_each_get_a_place_of_their_own(trusted_member: User, category: Category) -> None:
    opening = grow(category, [], author=trusted_member).posts[0]
    known = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    outcomes = at_once([several(5, partial(answer, opening, speaker)) for speaker in [known, GUEST] * (WRITERS // 2)])
    all_well(outcomes)
    the_tree_is_whole(opening.thread)
    assert Post.objects.get(pk=opening.pk).children == WRITERS * 5
    assert Post.objects.filter(parent=opening, state=PostState.PUBLISHED).count() == WRITERS * 5 // 2
    held = Post.objects.filter(parent=opening, state=PostState.HELD)
    assert held.count() == Case.objects.filter(post__in=held, state=CaseState.OPEN).count() == WRITERS * 5 // 2
    the_log_is_whole()


def test_answers_to_different_posts_of_one_thread_keep_its_numbers_whole(
    trusted_member: User, category: Category
) -> None:
    posts = grow(category, wide(WRITERS - 1), author=trusted_member).posts
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    outcomes = at_once([several(5, partial(answer, post, speaker)) for post in posts])
    all_well(outcomes)
    the_tree_is_whole(posts[0].thread)
    children = (
        Post.objects.filter(pk__in=[post.pk for post in posts]).order_by("seq").values_list("children", flat=True)
    )
    assert list(children) == [WRITERS - 1 + 5, *[5] * (WRITERS - 1)]
    the_log_is_whole()


def test_answers_below_the_depth_limit_share_one_counter(trusted_member: User, category: Category) -> None:
    posts = grow(category, chain(MAX_DEPTH + WRITERS), author=trusted_member).posts
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    outcomes = at_once([several(3, partial(answer, post, speaker)) for post in posts[-WRITERS:]])
    all_well(outcomes)
    the_tree_is_whole(posts[0].thread)
    the_log_is_whole()


def test_new_stories_come_into_being_side_by_side(trusted_member: User, category: Category) -> None:
    known = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    outcomes = at_once(
        [
            several(4, partial(start_thread, category, actor=speaker, title="A title", text="Words."))
            for speaker in [known, GUEST] * (WRITERS // 2)
        ]
    )
    all_well(outcomes)
    stories = Post.objects.filter(thread__category=category, parent=None)
    assert stories.count() == WRITERS * 4 + 1  # and the one that made the member trusted
    # Of each guest the code, whose it is, the list, what they follow and what waits; of the member the latter two.
    assert SealedRecord.objects.count() == WRITERS * 4 // 2 * 5 + 2
    the_log_is_whole()


def test_paths_can_be_rebuilt_while_others_write(trusted_member: User, category: Category) -> None:
    posts = grow(category, wide(5), author=trusted_member).posts
    Post.objects.filter(pk=posts[0].pk).update(path="zzzz")
    Post.objects.filter(pk=posts[3].pk).update(path="00000zzz")
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    # Beside posts whose place is wrong: the path a new answer gets is wrong with it, and mended with it.
    write = several(4, partial(answer, posts[3], speaker))
    outcomes = at_once([*[write] * (WRITERS - 1), partial(call_command, "rebuild_paths", stdout=StringIO())])
    all_well(outcomes)
    the_tree_is_whole(posts[0].thread)


# --- Once -------------------------------------------------------------------------------------------------------------


def post_json(address: str, body: dict[str, Any], key: str) -> Any:
    return Client().post(address, body, content_type="application/json", headers={"Idempotency-Key": key})


def test_the_same_story_sent_twenty_times_at_once_is_written_once_and_answered_alike(category: Category) -> None:
    body = {"category_id": category.public_id, "title": "A title", "text": "Some words."}
    answers = at_once([lambda: post_json("/api/v1/threads/", body, KEY)] * 20)
    all_well(answers)
    assert [answer.status_code for answer in answers] == [201] * 20
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert Post.objects.count() == Thread.objects.count() == Case.objects.count() == 1
    # The code, whose it is, and the list of what it opens; what is followed, and waits.
    assert SealedRecord.objects.count() == 5
    opened = open_own(read_claim(answers[0].json()["claim_code"]).guest)
    assert opened.post_ids == (Post.objects.get().public_id,)
    the_log_is_whole()


def test_the_same_answer_sent_twenty_times_at_once_is_written_once(trusted_member: User, category: Category) -> None:
    thread = grow(category, wide(1), author=trusted_member).thread
    address = f"/api/v1/threads/{thread.public_id}/posts/"
    answers = at_once([lambda: post_json(address, {"text": "I believe you."}, KEY)] * 20)
    all_well(answers)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Post.objects.filter(thread=thread).count() == 3
    the_tree_is_whole(thread)
    the_log_is_whole()


def test_of_different_stories_under_one_key_one_is_written_and_the_others_are_refused(category: Category) -> None:
    answers = at_once(
        [
            partial(
                post_json,
                "/api/v1/threads/",
                {"category_id": category.public_id, "title": f"Title {number}", "text": "Words."},
                KEY,
            )
            for number in range(10)
        ]
    )
    all_well(answers)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 9}
    assert Post.objects.count() == IdempotencyRecord.objects.count() == 1
    the_log_is_whole()


# --- Authors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_guest", [False, True], ids=["member", "guest"])
def test_an_anonymous_author_who_writes_in_many_threads_at_once_finds_every_post_again(
    category: Category, member: User, is_guest: bool
) -> None:
    threads = [grow(category, wide(1)) for _number in range(WRITERS)]
    claim = new_guest()
    speaker = Speaker(SpeaksAs.GUEST, guest=claim.guest) if is_guest else Speaker(SpeaksAs.THREAD_PSEUDONYM, member)
    outcomes = at_once([several(3, partial(answer, grown.posts[1], speaker)) for grown in threads])
    all_well(outcomes)
    opened = open_own(claim.guest) if is_guest else open_member(member)
    written = Post.objects.exclude(thread_pseudonym=None)
    assert written.count() == WRITERS * 3
    assert sorted(opened.post_ids) == sorted(written.values_list("public_id", flat=True))
    assert opened.pseudonyms == frozenset(ThreadPseudonym.objects.values_list("pk", flat=True))
    assert ThreadPseudonym.objects.count() == WRITERS
    # Each post in the list, what is followed and what waits; the guest's code and whose it is: made for both.
    assert SealedRecord.objects.count() == WRITERS * 3 + 2 + 2
    the_log_is_whole()


def test_an_anonymous_author_carries_one_name_in_a_thread_however_many_answers_come_at_once(
    category: Category, member: User
) -> None:
    opening = grow(category, wide(1)).posts[0]
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, member)
    all_well(at_once([partial(answer, opening, speaker)] * WRITERS))
    assert ThreadPseudonym.objects.count() == 1
    assert len(open_member(member).post_ids) == WRITERS


def test_what_a_guest_writes_while_a_member_adopts_is_adopted_or_refused(category: Category, member: User) -> None:
    for _turn in range(RACES):
        opening = grow(category, wide(1)).posts[0]
        claim = new_guest()
        speaker = Speaker(SpeaksAs.GUEST, guest=claim.guest)
        before = set(open_member(member).post_ids)
        outcomes = at_once([*[partial(answer, opening, speaker)] * 3, partial(adopt_posts, claim, actor=member)])
        written = {outcome.public_id for outcome in outcomes if isinstance(outcome, Post)}
        assert all(outcome is None or isinstance(outcome, Post | ClaimUnknown) for outcome in outcomes), outcomes
        assert set(open_member(member).post_ids) - before == written
        assert Post.objects.filter(thread=opening.thread).exclude(thread_pseudonym=None).count() == len(written)
        assert sealed_records.read(OWN_POSTS, claim.guest) is None
    the_log_is_whole()


def test_of_two_members_who_adopt_at_once_one_does(category: Category, member: User, other_member: User) -> None:
    for _turn in range(RACES):
        guest = written_by_guest(category)
        claim = read_claim(guest.code)
        outcomes = at_once([partial(adopt_posts, claim, actor=person) for person in (member, other_member)])
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ClaimUnknown", "NoneType"]
        owners = [person for person in (member, other_member) if guest.post.public_id in open_member(person).post_ids]
        assert len(owners) == 1


def test_of_drafts_kept_in_one_place_at_once_one_is_and_the_others_are_told(member: User) -> None:
    outcomes = at_once(
        [
            partial(keep_draft, NEW, Words(f"Words {number}."), actor=Reader(member), mark="")
            for number in range(WRITERS)
        ]
    )
    kept = [outcome for outcome in outcomes if isinstance(outcome, Draft)]
    assert kept == drafts_of(Reader(member))
    assert sum(isinstance(outcome, DraftChanged) for outcome in outcomes) == WRITERS - 1


def test_a_name_that_is_let_go_while_its_author_writes_takes_nothing_of_the_next_one(
    category: Category, member: User
) -> None:
    """What was written under it before is nobody's, what is written after it is theirs under another."""
    for _turn in range(RACES):
        opening = grow(category, wide(1)).posts[0]
        speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, member)
        first = answer(opening, speaker)
        reader = Reader(member, opened=open_member(member).pseudonyms)
        burn = partial(burn_name, loaded(first), actor=reader, owners={identity_of(member)})
        outcomes = at_once([burn, *[partial(answer, opening, speaker)] * 2])
        all_well(outcomes)
        own = set(open_member(member).post_ids)
        for post in Post.objects.filter(thread=opening.thread).exclude(thread_pseudonym=None):
            assert (post.public_id in own) is (post.thread_pseudonym_id != first.thread_pseudonym_id)


# --- Cases ------------------------------------------------------------------------------------------------------------


def test_of_eight_moderators_who_decide_one_case_exactly_one_does(category: Category, desk: list[User]) -> None:
    actions = [Action.PUBLISH, Action.HIDE, Action.RETURN]
    leaves = {Action.PUBLISH: PostState.PUBLISHED, Action.HIDE: PostState.HIDDEN, Action.RETURN: PostState.RETURNED}
    for turn in range(ROUNDS):
        post = written_by_guest(category).post
        case = Case.objects.get(post=post)
        outcomes = at_once(
            [
                partial(decide_it, case, person, action, post.version)
                for person, action in zip(desk, actions * 3, strict=False)
            ]
        )
        won = [outcome for outcome in outcomes if isinstance(outcome, Decision)]
        lost = [outcome for outcome in outcomes if not isinstance(outcome, Decision)]
        assert len(won) == 1, (turn, outcomes)
        assert all(isinstance(error, CaseAlreadyClosed | CaseChanged | PostChanged) for error in lost), (turn, lost)
        assert Decision.objects.filter(case=case).get() == won[0]
        after = loaded(post)
        assert (after.state, after.version) == (leaves[Action(won[0].action)], post.version + 1)
        closed = Case.objects.get(pk=case.pk)
        ended = CaseState.WAITING if won[0].action == Action.RETURN else CaseState.CLOSED
        assert (closed.state, closed.version) == (ended, case.version + 1)
    assert AuditEntry.objects.filter(event="case_decided").count() == ROUNDS
    the_log_is_whole()


def test_of_eight_moderators_who_leave_a_post_as_it_is_exactly_one_does(
    trusted_member: User, category: Category, desk: list[User]
) -> None:
    """All had read the same version, and the first has left the post where it is."""
    for _turn in range(RACES):
        post = grow(category, [], author=trusted_member).posts[0]
        case = report(post, 1).case
        outcomes = at_once([partial(decide_it, case, person, Action.LEAVE, post.version) for person in desk])
        assert Counter(type(outcome) for outcome in outcomes) == {Decision: 1, CaseAlreadyClosed: len(desk) - 1}
        assert Decision.objects.filter(case=case).count() == 1
        assert loaded(post).version == post.version + 1  # the word to its author, once
    the_log_is_whole()


def test_reports_that_come_at_once_are_all_kept_in_one_case(trusted_member: User, category: Category) -> None:
    for turn in range(5):
        post = grow(category, [], author=trusted_member).posts[0]
        outcomes = at_once([partial(report, post, number) for number in range(WRITERS)])
        all_well(outcomes)
        case = Case.objects.get(post=post)
        assert case.reports.count() == WRITERS, turn
        assert sorted(case.reasons) == sorted(f"reported:{reason}" for reason in ReportReason.values[:3])
    the_log_is_whole()


def test_the_same_report_sent_at_once_by_one_reader_is_kept_once(trusted_member: User, category: Category) -> None:
    post = grow(category, [], author=trusted_member).posts[0]
    all_well(at_once([partial(report, post, 7)] * WRITERS))
    assert Report.objects.count() == Case.objects.filter(post=post).count() == 1
    assert AuditEntry.objects.filter(event="post_reported").count() == 1


def test_a_case_that_is_opened_by_many_is_one_and_knows_every_reason(trusted_member: User, category: Category) -> None:
    for _turn in range(RACES):
        post = grow(category, [], author=trusted_member).posts[0]
        outcomes = at_once([partial(open_case, loaded(post), reasons=[f"why-{number}"]) for number in range(WRITERS)])
        all_well(outcomes)
        case = Case.objects.get(post=post)
        assert sorted(case.reasons) == [f"why-{number}" for number in range(WRITERS)]
        assert case.version == WRITERS
    the_log_is_whole()


def test_a_report_beside_a_decision_is_in_the_decided_case_or_in_a_new_one(
    category: Category, desk: list[User], trusted_member: User
) -> None:
    """Never in between: an accepted report reaches the queue, or was in front of whoever decided."""
    for turn in range(RACES):
        post = grow(category, [], author=trusted_member).posts[0]
        report(post, 0)
        case = Case.objects.get(post=post)
        outcomes = at_once(
            [
                partial(decide_it, case, desk[0], Action.LEAVE, post.version),
                *[partial(report, post, number) for number in range(1, 5)],
            ]
        )
        decided, *reported = outcomes
        all_well(reported)
        assert isinstance(decided, Decision | CaseChanged), decided  # refused, where a report came first
        assert Report.objects.filter(case__post=post).count() == 5, turn
        assert Case.objects.filter(post=post, state=CaseState.OPEN).count() <= 1
        late = Report.objects.filter(case__post=post).exclude(case=case)
        assert not late or {report.case.state for report in late} == {CaseState.OPEN}
    the_log_is_whole()


def race(category: Category, person: User, author_does: Callable[[GuestPost], object]) -> tuple[Post, list[Any]]:
    guest = written_by_guest(category)
    case = Case.objects.get(post=guest.post)
    outcomes = at_once(
        [
            partial(author_does, guest),
            partial(decide_it, case, person, Action.PUBLISH, guest.post.version),
        ]
    )
    return loaded(guest.post), outcomes


@pytest.mark.parametrize(
    ("verb", "left"), [(withdraw_post, PostState.WITHDRAWN), (erase_post, PostState.ERASED)], ids=["withdraw", "erase"]
)
def test_when_the_author_takes_back_what_a_moderator_publishes_the_authors_will_is_done(
    category: Category, desk: list[User], verb: Callable[..., Post], left: PostState
) -> None:
    for _turn in range(RACES):
        post, (mine, theirs) = race(category, desk[0], lambda guest: verb(loaded(guest.post), actor=guest.reader))
        assert isinstance(mine, Post), mine
        assert isinstance(theirs, Decision | CaseAlreadyClosed | CaseChanged | PostChanged), theirs
        assert post.state == left
        assert not Case.objects.filter(post=post, state=CaseState.OPEN).exists()
        assert Decision.objects.filter(case__post=post).exists() == isinstance(theirs, Decision)
        assert Thread.objects.get(pk=post.thread_id).is_shown is False
    the_log_is_whole()


def test_when_the_author_edits_what_a_moderator_publishes_no_unread_word_is_shown(
    category: Category, desk: list[User]
) -> None:
    def write_anew(guest: GuestPost) -> Post:
        post = loaded(guest.post)
        return edit_post(post, actor=guest.reader, version=post.version, title="A title", text="Other words.")

    for _turn in range(RACES):
        post, (mine, theirs) = race(category, desk[0], write_anew)
        assert isinstance(mine, Post | HearthError), mine
        assert isinstance(theirs, Decision | PostChanged), theirs
        assert Case.objects.filter(post=post, state=CaseState.OPEN).count() == (post.state == PostState.HELD)
        assert (post.state == PostState.PUBLISHED) <= (post.source == "Some words.")
    the_log_is_whole()


# --- Everything at once -----------------------------------------------------------------------------------------------


def test_a_busy_hour_in_two_threads_ends_without_a_deadlock_and_with_everything_true(
    category: Category, trusted_member: User, desk: list[User]
) -> None:
    """Writers, authors who take back, readers who report and moderators, in each other's way on purpose."""
    threads = [grow(category, wide(2), author=trusted_member).thread for _number in range(2)]
    known, author = Speaker(SpeaksAs.PSEUDONYM, trusted_member), Reader(trusted_member)
    anonymous = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)

    def somebody(number: int) -> Counter[str]:
        chance = random.Random(number)  # noqa: S311 - the same plan every time; the database shuffles
        posts = Post.objects.select_related("thread__category", "thread_pseudonym", "author")

        def one() -> Post:
            return chance.choice(list(posts.filter(thread__in=threads)))

        def decide_one() -> Decision:
            case = chance.choice(list(Case.objects.select_related("post")))
            return decide_it(case, desk[number], chance.choice(Action.values), case.post.version)

        deeds: list[Callable[[], object]] = [
            lambda: answer(one(), known),
            lambda: answer(one(), anonymous),
            lambda: answer(one(), GUEST),
            lambda: withdraw_post(one(), actor=author),
            lambda: put_back_post(one(), actor=author),
            lambda: report(one(), number),
            decide_one,
            decide_one,
        ]
        met: Counter[str] = Counter()
        for _deed in range(12):
            try:
                chance.choice(deeds)()
                met["done"] += 1
            except HearthError as refused:
                met[refused.code] += 1
        return met

    outcomes = at_once([partial(somebody, number) for number in range(WRITERS)])
    all_well(outcomes)
    assert sum(outcomes, Counter[str]())["done"] > WRITERS
    for thread in threads:
        the_tree_is_whole(thread)
    waiting = Post.objects.filter(thread__in=threads, state=PostState.HELD)
    cases = Case.objects.filter(state=CaseState.OPEN)
    assert set(waiting.values_list("pk", flat=True)) <= set(cases.values_list("post_id", flat=True))
    assert Decision.objects.count() == AuditEntry.objects.filter(event="case_decided").count()
    the_log_is_whole()
