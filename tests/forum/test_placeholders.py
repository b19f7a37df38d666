"""What hangs on a post's state stays true whatever is done, in whatever order; what is not allowed changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from common.errors import HearthError
from common.public_id import new_row_key
from common.sealing import tag
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import IdempotencyRecord, Post, Revision, Thread
from forum.services.posts import CannotReply, EditNotAllowed, edit_post, put_back_post, reply_to
from forum.services.visibility import (
    MoveNotAllowed,
    NotYourPost,
    erase_post,
    hide_post,
    hold_post,
    publish_post,
    return_post,
    withdraw_post,
)
from forum.states import MOVES, PostState
from moderation import audit
from moderation.models import AuditEntry, Case, CaseState, ReportReason
from moderation.services.reports import report_post
from tests.forum.building import chain, grow, shapes
from tests.personas import written_by

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Category

pytestmark = pytest.mark.django_db
which = st.integers(0, 1_000)


def everything() -> list[Any]:
    """All that a refused deed must leave as it was."""
    return [list(model.objects.order_by("pk").values()) for model in (Post, Thread, Revision, Case, AuditEntry)]


def reload(post: Post) -> Post:
    return Post.objects.select_related("thread__category", "thread_pseudonym").get(pk=post.pk)


PRESSED_TWICE = {PostState.WITHDRAWN, PostState.ERASED}  # its author's own verbs: the second press is the first


class AThread(RuleBasedStateMachine):
    """One thread in which a trusted member, a newcomer, a guest and a moderator do what they like."""

    trusted: User
    newcomer: User
    moderator: User
    category: Category

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.posts: list[Post] = []
        self.codes: dict[int, Reader] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize(parents=shapes(max_answers=6))
    def open_it(self, parents: list[int]) -> None:
        self.posts = grow(self.category, parents, author=self.trusted).posts

    # --- What people do ---

    @rule(number=which, who=st.sampled_from(["trusted", "newcomer", "guest"]))
    def answer(self, number: int, who: str) -> None:
        parent = self._post(number)
        member = None if who == "guest" else getattr(self, who)
        speaker = Speaker(SpeaksAs.PSEUDONYM if member else SpeaksAs.GUEST, member)
        if parent.state != PostState.PUBLISHED:
            self._refused(lambda: reply_to(parent, actor=speaker, text="I believe you."), CannotReply)
            return
        is_known = member is not None and Post.objects.filter(author=member, state=PostState.PUBLISHED).exists()
        written = reply_to(parent, actor=speaker, text="I believe you.").post
        assert reload(written).state == (PostState.PUBLISHED if is_known else PostState.HELD)
        if written.thread_pseudonym is not None:
            self.codes[written.pk] = Reader(opened=frozenset({written.thread_pseudonym.pk}))
        self.posts.append(written)

    @rule(number=which)
    def publish(self, number: int) -> None:
        self._move(number, PostState.PUBLISHED, lambda post: publish_post(post, actor=self.moderator))

    @rule(number=which)
    def hold(self, number: int) -> None:
        self._move(number, PostState.HELD, lambda post: hold_post(post, actor=None))

    @rule(number=which)
    def send_back(self, number: int) -> None:
        self._move(number, PostState.RETURNED, lambda post: return_post(post, actor=self.moderator, word="Shorter."))

    @rule(number=which)
    def hide(self, number: int) -> None:
        self._move(
            number, PostState.HIDDEN, lambda post: hide_post(post, actor=self.moderator, word="It names a place.")
        )

    @rule(number=which)
    def take_back(self, number: int) -> None:
        self._move(number, PostState.WITHDRAWN, lambda post: withdraw_post(post, actor=self._author(post)))

    @rule(number=which)
    def erase(self, number: int) -> None:
        self._move(number, PostState.ERASED, lambda post: erase_post(post, actor=self._author(post)))

    @rule(number=which)
    def put_back(self, number: int) -> None:
        post = self._post(number)
        if post.state != PostState.WITHDRAWN:
            return  # test_only_what_was_taken_back_can_be_put_back
        version = post.version
        put_back_post(post, actor=self._author(post))
        after = reload(post)
        assert (after.state, after.version) in {(PostState.HELD, version + 1), (PostState.PUBLISHED, version + 2)}

    @rule(number=which)
    def write_anew(self, number: int) -> None:
        post = self._post(number)
        title = "A title" if post.parent_id is None else ""
        author = self._author(post)
        deed = partial(edit_post, post, actor=author, version=post.version, title=title, text="Other words.")
        if post.state in {PostState.HELD, PostState.PUBLISHED, PostState.RETURNED}:
            says_the_same = post.source == "Other words." and post.state != PostState.RETURNED
            deed()
            assert (reload(post).version > post.version) is not says_the_same
        else:
            self._refused(deed, EditNotAllowed, NotYourPost)

    @rule(number=which)
    def a_stranger_tries(self, number: int) -> None:
        post = self._post(number)
        nobody = Reader(opened=frozenset({new_row_key()}))
        for deed in (withdraw_post, erase_post, put_back_post):
            self._refused(partial(deed, post, actor=nobody), NotYourPost)

    # --- What is true all the while ---

    @invariant()
    def the_counts_are_those_of_the_answers_that_are_shown(self) -> None:
        if not self.posts:
            return
        posts = list(Post.objects.filter(thread=self.posts[0].thread_id).order_by("-seq"))
        shown: dict[int, int] = {}
        is_shown = {}
        for post in posts:  # answers before what they answer
            is_shown[post.pk] = post.state == PostState.PUBLISHED or shown.get(post.pk, 0) > 0
            assert post.shown_children == shown.get(post.pk, 0)
            assert post.is_shown == is_shown[post.pk]
            if post.parent_id is not None:
                shown[post.parent_id] = shown.get(post.parent_id, 0) + is_shown[post.pk]
        opening = posts[-1]
        assert Thread.objects.get(pk=opening.thread_id).is_shown == is_shown[opening.pk]

    @invariant()
    def a_story_waits_until_somebody_else_has_answered_it(self) -> None:
        if not self.posts:
            return
        opening, *answers = Post.objects.filter(thread=self.posts[0].thread_id).order_by("seq")
        name = (opening.author_id, opening.thread_pseudonym_id)
        answered = any(
            answer.state == PostState.PUBLISHED and (answer.author_id, answer.thread_pseudonym_id) != name
            for answer in answers
        )
        waits = opening.state == PostState.PUBLISHED and not answered
        assert Thread.objects.get(pk=opening.thread_id).is_unanswered == waits

    @invariant()
    def erased_words_are_nowhere(self) -> None:
        for post in Post.objects.filter(state=PostState.ERASED):
            assert (post.title, post.source, post.html, post.word_to_author) == ("", "", "", "")
            assert not post.revisions.exists()

    # --- How ---

    def _post(self, number: int) -> Post:
        return reload(self.posts[number % len(self.posts)])

    def _author(self, post: Post) -> Reader:
        return self.codes.get(post.pk) or Reader(post.author)

    def _move(self, number: int, to: PostState, deed: Callable[[Post], object]) -> None:
        post = self._post(number)
        if to == post.state and to in PRESSED_TWICE:
            before = everything()
            deed(post)
            assert everything() == before
            return
        if to not in MOVES[PostState(post.state)]:
            self._refused(lambda: deed(post), MoveNotAllowed, NotYourPost)
            return
        deed(post)
        after = reload(post)
        assert (after.state, after.version) == (to, post.version + 1)

    @staticmethod
    def _refused(deed: Callable[[], object], *errors: type[HearthError]) -> None:
        before = everything()
        with pytest.raises(errors):
            deed()
        assert everything() == before


def test_placeholders_lists_and_versions_stay_true_through_every_deed(
    trusted_member: User, other_member: User, moderator: User, category: Category
) -> None:
    people = {"trusted": trusted_member, "newcomer": other_member, "moderator": moderator, "category": category}
    run_state_machine_as_test(
        type("TheirThread", (AThread,), people),
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to make a failure small would take minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert list(audit.problems()) == []


def test_a_chain_of_placeholders_goes_and_comes_with_the_one_answer_that_holds_it(
    member: User, moderator: User, category: Category
) -> None:
    """Four posts that nobody reads stay as placeholders for the fifth; without it there is no thread."""
    posts = grow(category, chain(4), author=member).posts
    for post in posts[:-1]:
        hide_post(reload(post), actor=moderator, word="It names a place.")
    assert [reload(post).is_shown for post in posts] == [True] * 5

    withdraw_post(reload(posts[-1]), actor=Reader(member))
    assert [(reload(post).is_shown, reload(post).shown_children) for post in posts] == [(False, 0)] * 5
    assert Thread.objects.get(pk=posts[0].thread_id).is_shown is False

    hold_post(reload(posts[-1]), actor=None)
    publish_post(reload(posts[-1]), actor=moderator)
    assert [(reload(post).is_shown, reload(post).shown_children) for post in posts] == [*[(True, 1)] * 4, (True, 0)]
    assert Thread.objects.get(pk=posts[0].thread_id).is_shown is True


# --- Every move, one by one -------------------------------------------------------------------------------------------

# Into SCHEDULED and out of it: test_scheduling.py, as it takes an hour that is due.
VERBS: dict[PostState, Callable[[Post, User, Reader], object]] = {
    PostState.HELD: lambda post, _moderator, _author: hold_post(post, actor=None),
    PostState.PUBLISHED: lambda post, moderator, _author: publish_post(post, actor=moderator),
    PostState.RETURNED: lambda post, moderator, _author: return_post(post, actor=moderator, word="Shorter."),
    PostState.HIDDEN: lambda post, moderator, _author: hide_post(post, actor=moderator, word="It names a place."),
    PostState.WITHDRAWN: lambda post, _moderator, author: withdraw_post(post, actor=author),
    PostState.ERASED: lambda post, _moderator, author: erase_post(post, actor=author),
}


def in_state(state: PostState, member: User, category: Category, moderator: User) -> Post:
    post = written_by(member, category)
    if post.state != state:
        VERBS[state](post, moderator, Reader(member))
    return reload(post)


@pytest.mark.parametrize("after", list(VERBS))
@pytest.mark.parametrize("before", list(VERBS))
def test_a_move_is_made_when_the_table_has_it_and_changes_nothing_otherwise(
    before: PostState, after: PostState, member: User, category: Category, moderator: User
) -> None:
    post = in_state(before, member, category, moderator)
    rows = everything()
    if after in MOVES[before]:
        VERBS[after](post, moderator, Reader(member))
        assert (reload(post).state, reload(post).version) == (after, post.version + 1)
    elif before == after and after in PRESSED_TWICE:
        VERBS[after](post, moderator, Reader(member))
        assert everything() == rows
    else:
        with pytest.raises((MoveNotAllowed, NotYourPost)):
            VERBS[after](post, moderator, Reader(member))
        assert everything() == rows


def test_putting_back_twice_is_once(member: User, category: Category, moderator: User) -> None:
    post = put_back_post(in_state(PostState.WITHDRAWN, member, category, moderator), actor=Reader(member))
    rows = everything()
    assert put_back_post(post, actor=Reader(member)).state == PostState.HELD
    assert everything() == rows


@pytest.mark.parametrize("state", [state for state in VERBS if state not in {PostState.WITHDRAWN, PostState.HELD}])
def test_only_what_was_taken_back_can_be_put_back(
    state: PostState, member: User, category: Category, moderator: User
) -> None:
    post = in_state(state, member, category, moderator)
    rows = everything()
    with pytest.raises((MoveNotAllowed, NotYourPost)):
        put_back_post(post, actor=Reader(member))
    assert everything() == rows


def test_what_a_moderator_sent_back_is_not_published_by_taking_it_back_and_putting_it_back(
    trusted_member: User, category: Category, moderator: User
) -> None:
    """Nobody else than a moderator undoes a moderator's decision, however trusted."""
    post = written_by(trusted_member, category)
    assert reload(post).state == PostState.PUBLISHED
    return_post(post, actor=moderator, word="Please leave the name out.")
    withdraw_post(reload(post), actor=Reader(trusted_member))
    put_back_post(reload(post), actor=Reader(trusted_member))
    assert reload(post).state == PostState.HELD
    assert "resubmitted" in Case.objects.get(post=post, state=CaseState.OPEN).reasons


def test_taking_back_and_putting_back_is_no_way_out_of_a_report(trusted_member: User, category: Category) -> None:
    """An accepted report leaves the queue by a decision alone (threats.md P3)."""
    post = written_by(trusted_member, category)
    report_post(post, actor="member:7", reason=ReportReason.HOSTILE)
    withdraw_post(reload(post), actor=Reader(trusted_member))
    put_back_post(reload(post), actor=Reader(trusted_member))
    case = Case.objects.get(post=post, state=CaseState.OPEN)
    assert case.reports.count() == 1


def test_erasing_takes_the_answer_that_is_kept_for_a_repeated_request(member: User, category: Category) -> None:
    post = written_by(member, category)
    subject = tag("idempotency-subject", post.public_id)
    record = IdempotencyRecord.objects.create(
        key_tag="k", request_tag="r", subject_tag=subject, answer=b"sealed", made_on=post.written_on
    )
    erase_post(post, actor=Reader(member))
    record.refresh_from_db()
    assert bytes(record.answer) == b""
