from __future__ import annotations

import random
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.checks import CheckMessage, Tags, run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.checks import SOME, paths_follow_parents
from forum.models import MAX_DEPTH, PATH_STEP, Post
from forum.tree import ROOT, ancestor_paths, anchor_path, branch_end, path_problem, step
from tests.forum.building import anchors, chain, depth_first, grow, paths_of, scattered, shapes, taken_back, wide
from tests.personas import answered_by

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Category

LARGEST = 36**PATH_STEP - 1
timeless = settings(deadline=None)
numbers = st.integers(0, LARGEST)
# The very last number has no path after it in its own width; nobody gets there (1.6 million answers to one post).
steps = st.integers(0, LARGEST - 1).map(step) | st.integers(0, 3).map(step)
paths = st.lists(steps, min_size=1, max_size=MAX_DEPTH).map("".join)


# --- One step ---------------------------------------------------------------------------------------------------------


@timeless
@given(numbers)
def test_a_step_is_always_as_wide_and_can_be_read_back(number: int) -> None:
    assert len(step(number)) == PATH_STEP
    assert int(step(number), 36) == number


@timeless
@given(numbers, numbers)
def test_steps_are_ordered_as_their_numbers_are(one: int, other: int) -> None:
    assert (step(one) < step(other)) == (one < other)
    assert (step(one).encode() < step(other).encode()) == (one < other)


@timeless
@given(st.integers(min_value=LARGEST + 1))
def test_a_number_that_is_too_wide_is_refused_and_not_cut(number: int) -> None:
    with pytest.raises(OverflowError):
        step(number)


# --- Paths ------------------------------------------------------------------------------------------------------------


@timeless
@given(st.lists(steps, min_size=1, max_size=MAX_DEPTH))
def test_ancestors_are_the_opening_post_down_to_the_parent(parts: list[str]) -> None:
    assert ancestor_paths("".join(parts)) == ["".join(parts[:end]) for end in range(1, len(parts))]


@timeless
@given(paths, paths, st.booleans())
def test_a_branch_ends_right_behind_all_that_lies_in_it(branch: str, path: str, is_below: bool) -> None:
    if is_below:
        path = branch + path
    assert (branch <= path < branch_end(branch)) == path.startswith(branch)


@timeless
@given(paths)
def test_an_answer_hangs_one_level_below_until_the_limit_and_beside_its_parent_there(parent: str) -> None:
    anchor = anchor_path(parent)
    is_deepest = len(parent) == MAX_DEPTH * PATH_STEP
    assert anchor == (parent[:-PATH_STEP] if is_deepest else parent)
    assert len(anchor + step(1)) <= MAX_DEPTH * PATH_STEP


@timeless
@given(shapes(max_answers=120))
def test_the_order_of_paths_is_the_walk_of_the_tree_depth_first_and_as_written(parents: list[int]) -> None:
    built = paths_of(parents)
    assert len(set(built)) == len(built)
    assert sorted(range(len(built)), key=built.__getitem__) == depth_first(parents)


@timeless
@given(st.integers(MAX_DEPTH, 3 * MAX_DEPTH), st.randoms(use_true_random=False))
def test_below_the_limit_the_walk_goes_on_in_the_order_of_writing(length: int, chance: random.Random) -> None:
    deep = chain(MAX_DEPTH - 1)
    parents = [*deep, *(chance.randrange(MAX_DEPTH - 2, number + 1) for number in range(MAX_DEPTH - 1, length))]
    built = paths_of(parents)
    assert max(map(len, built)) == MAX_DEPTH * PATH_STEP
    assert sorted(range(len(built)), key=built.__getitem__) == depth_first(parents)
    assert depth_first(parents)[MAX_DEPTH - 1 :] == list(range(MAX_DEPTH - 1, len(built)))


@timeless
@given(shapes(max_answers=60))
def test_a_path_made_by_the_rule_has_no_problem_and_one_moved_elsewhere_has(parents: list[int]) -> None:
    built = [Post(path=path) for path in paths_of(parents)]
    assert path_problem(built[0], None) is None
    for post, parent in zip(built[1:], parents, strict=True):
        assert path_problem(post, built[parent]) is None
        assert path_problem(Post(path=post.path + step(1)), built[parent]) is not None
        assert path_problem(Post(path=post.path[:-PATH_STEP]), built[parent]) is not None
        assert path_problem(post, None) is not None


# --- As the services write them ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_answers_deeper_than_the_limit_hang_beside_their_parent_which_stays_the_truth(
    trusted_member: User, category: Category
) -> None:
    opening = grow(category, [], author=trusted_member).posts[0]
    written = [opening]
    for _number in range(MAX_DEPTH + 4):
        written.append(answered_by(trusted_member, written[-1]))

    posts = list(Post.objects.filter(thread=opening.thread).order_by("seq"))
    assert [post.parent_id for post in posts] == [None, *(post.pk for post in written[:-1])]
    assert [post.path for post in posts] == paths_of(chain(MAX_DEPTH + 4))
    assert [post.depth for post in posts] == [min(number, MAX_DEPTH - 1) for number in range(len(posts))]
    assert [post.children for post in posts[MAX_DEPTH - 3 :]] == [1, 6, *[0] * 6]
    assert [post.shown_children for post in posts] == [1] * (MAX_DEPTH + 4) + [0]


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shapes(max_answers=14))
def test_the_services_give_the_paths_of_the_rule(trusted_member: User, category: Category, parents: list[int]) -> None:
    with taken_back():
        written = grow(category, [], author=trusted_member).posts
        for parent in parents:
            written.append(answered_by(trusted_member, written[parent]))
        assert [post.path for post in written] == paths_of(parents)
        assert list(Post.objects.filter(thread=written[0].thread).order_by("path")) == [
            written[index] for index in depth_first(parents)
        ]


# --- Rebuilding, and the system check ---------------------------------------------------------------------------------


def rebuild(*arguments: str) -> str:
    out = StringIO()
    call_command("rebuild_paths", *arguments, stdout=out)
    return out.getvalue()


def findings() -> list[CheckMessage]:
    return [found for found in run_checks(tags=[Tags.database], databases=["default"]) if found.id == "forum.E001"]


def tree(category: Category) -> dict[int, tuple[str, int]]:
    """Everything about places in the tree."""
    posts = Post.objects.filter(thread__category=category)
    return {pk: (path, children) for pk, path, children in posts.values_list("pk", "path", "children")}


@pytest.mark.django_db
def test_where_all_stand_right_nothing_is_found_and_nothing_written(category: Category) -> None:
    for shape in (scattered(40), chain(50), wide(3), []):
        grow(category, shape)
    before = tree(category)
    assert rebuild("--check").startswith("0 posts in 0 threads")
    with CaptureQueriesContext(connection) as queries:
        assert rebuild().startswith("0 posts in 0 threads")
    assert not [query for query in queries if "UPDATE" in query["sql"]]
    assert tree(category) == before
    assert findings() == []


@pytest.mark.django_db
def test_a_path_that_left_its_parent_is_found_and_mended(category: Category) -> None:
    posts = grow(category, scattered(40)).posts
    before = tree(category)
    astray = next(post for post in posts if post.depth == 2)
    Post.objects.filter(pk=astray.pk).update(path=ROOT + step(777))

    assert len(findings()) == 1
    assert findings()[0].hint == "Run manage.py rebuild_paths."
    with pytest.raises(CommandError) as error:
        rebuild("--check")
    assert error.value.returncode == 1
    assert tree(category)[astray.pk][0] == ROOT + step(777)

    assert rebuild().startswith("1 posts in 1 threads stood elsewhere")
    assert tree(category) == before
    assert findings() == []
    assert rebuild("--check").startswith("0 posts")


@pytest.mark.django_db
def test_an_opening_post_off_the_root_takes_nothing_with_it(category: Category) -> None:
    posts = grow(category, scattered(20)).posts
    before = tree(category)
    Post.objects.filter(pk=posts[0].pk).update(path=step(9))
    assert findings()
    rebuild()
    assert tree(category) == before
    assert findings() == []


@pytest.mark.django_db
def test_answers_in_each_others_places_are_put_back_in_the_order_of_writing(category: Category) -> None:
    """Each path fits the parent and is there once: what is exchanged shows only against the order of writing."""
    posts = grow(category, [*wide(3), 1]).posts
    before = tree(category)
    Post.objects.filter(pk=posts[1].pk).update(path="~")
    Post.objects.filter(pk=posts[2].pk).update(path=posts[1].path)
    Post.objects.filter(pk=posts[1].pk).update(path=posts[2].path)
    rebuild()
    assert tree(category) == before


@pytest.mark.django_db
def test_a_counter_that_fell_behind_is_mended_so_that_the_next_answer_has_a_place(
    trusted_member: User, category: Category
) -> None:
    posts = grow(category, wide(3), author=trusted_member).posts
    Post.objects.filter(pk=posts[0].pk).update(children=1)
    with pytest.raises(CommandError):
        rebuild("--check")
    rebuild()
    assert answered_by(trusted_member, posts[0]).path == ROOT + step(4)


@pytest.mark.django_db
def test_a_gap_among_the_answers_is_no_mistake(category: Category) -> None:
    """A row may be gone for good one day; nobody else moves for it, nor is its number given again."""
    posts = grow(category, wide(3)).posts
    posts[2].delete()
    assert rebuild("--check").startswith("0 posts")


@pytest.mark.django_db
def test_a_chain_deeper_than_the_limit_is_rebuilt_as_it_was_written(category: Category) -> None:
    shape = [*chain(MAX_DEPTH + 8), *scattered(30)]
    grow(category, shape)
    before = tree(category)
    Post.objects.filter(thread__category=category).update(path=Concat(Value("x"), Cast("pk", CharField())))
    assert rebuild().startswith(f"{len(shape) + 1} posts in 1 threads")
    assert tree(category) == before


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shapes(max_answers=25), st.randoms(use_true_random=False))
def test_whatever_the_paths_have_become_rebuilding_brings_back_the_same_ones(
    category: Category, parents: list[int], chance: random.Random
) -> None:
    with taken_back():
        grow(category, parents)
        other = grow(category, parents)  # of another thread: nothing of it may move
        before = tree(category)
        posts = list(Post.objects.exclude(thread=other.thread).filter(thread__category=category))
        exchanged = [post.path for post in posts]
        chance.shuffle(exchanged)
        Post.objects.filter(pk__in=[post.pk for post in posts]).update(path=Concat(Value("x"), Cast("pk", CharField())))
        for post, path in zip(posts, exchanged, strict=True):
            post.path = path
        Post.objects.bulk_update(posts, ["path"])
        Post.objects.filter(thread=posts[0].thread).update(children=F("children") * 0)
        rebuild()
        assert tree(category) == before
        assert findings() == []


@pytest.mark.django_db
def test_a_post_whose_parent_is_in_another_thread_is_named_and_left_alone(category: Category) -> None:
    one, other = grow(category, wide(2)), grow(category, wide(2))
    Post.objects.filter(pk=one.posts[2].pk).update(parent=other.posts[0])
    before = tree(category)
    assert len(findings()) == 1
    for arguments in ((), ("--check",)):
        with pytest.raises(CommandError) as error:
            rebuild(*arguments)
        assert str(error.value).startswith("1 posts hang from no opening post")
    assert tree(category) == before


@pytest.mark.django_db
def test_the_check_runs_only_where_a_database_is_named(category: Category) -> None:
    posts = grow(category, wide(2)).posts
    Post.objects.filter(pk=posts[1].pk).update(path=step(5))
    with CaptureQueriesContext(connection) as queries:
        assert not [found for found in run_checks() if found.id == "forum.E001"]
    assert not queries.captured_queries


@pytest.mark.django_db
def test_the_check_reads_the_newest_posts_alone_and_none_of_their_words(category: Category) -> None:
    grow(category, scattered(200))
    with CaptureQueriesContext(connection) as queries:
        assert paths_follow_parents(None, databases=["default"]) == []
    assert f"LIMIT {SOME}" in queries[-1]["sql"]
    assert "source" not in queries[-1]["sql"]
    assert len([query for query in queries if "forum_post" in query["sql"]]) == 1


def test_anchors_and_levels_of_the_tests_agree_with_the_rule() -> None:
    """What tests build trees with must be right itself."""
    assert anchors(chain(3)) == [None, 0, 1, 2]
    assert anchors(chain(MAX_DEPTH + 1))[-3:] == [MAX_DEPTH - 2, MAX_DEPTH - 2, MAX_DEPTH - 2]
    assert depth_first([0, 0, 1]) == [0, 1, 3, 2]
