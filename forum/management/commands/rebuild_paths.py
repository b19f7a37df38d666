from __future__ import annotations

from argparse import ArgumentParser
from collections import defaultdict
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from forum.models import FIRST_DRAWN, MAX_DEPTH, PATH_STEP, Post, Thread
from forum.services.visibility import lock_thread
from forum.tree import ROOT, step

BATCH = 500  # rows a statement


class Command(BaseCommand):
    """One short transaction for each thread that needs it, under the thread's lock: the site may go on meanwhile.

    A place in the tree is told by the parents and, among those that hang from one post, by the order of writing.
    """

    help = "Compares every post's place in its thread with what it answers, and puts right what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; end with 1 if something differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        posts = threads = lost = 0
        for thread_id in list(Thread.objects.order_by("pk").values_list("pk", flat=True)):
            misplaced, unplaceable = _differences(thread_id)
            lost += unplaceable
            if misplaced and not check:
                misplaced = _mend(thread_id)
            posts += len(misplaced)
            threads += bool(misplaced)
        verb = "stand" if check else "stood"
        self.stdout.write(f"{posts} posts in {threads} threads {verb} elsewhere than what they answer says.")
        if lost:
            message = f"{lost} posts hang from no opening post of their thread: their parents need mending by hand."
            raise CommandError(message)
        if check and posts:
            message = "Run rebuild_paths without --check to put them right."
            raise CommandError(message)


class _Row(NamedTuple):
    pk: int
    parent_id: int | None
    path: str
    children: int


class _Place(NamedTuple):
    path: str
    children: int


def _differences(thread_id: int) -> tuple[dict[int, _Place], int]:
    """By key, where a post should be and is not; and how many have no place at all. One query."""
    placed = Post.objects.filter(thread=thread_id, seq__lt=FIRST_DRAWN)  # the others take their place when they appear
    columns = placed.order_by("seq").values_list("pk", "parent", "path", "children")
    rows = [_Row(*column) for column in columns]
    places = _places(rows)
    misplaced = {
        row.pk: places[row.pk] for row in rows if row.pk in places and places[row.pk] != (row.path, row.children)
    }
    return misplaced, len(rows) - len(places)


def _mend(thread_id: int) -> dict[int, _Place]:
    with transaction.atomic():
        lock_thread(thread_id)
        misplaced, _unplaceable = _differences(thread_id)
        posts = [Post(pk=pk, path=place.path, children=place.children) for pk, place in misplaced.items()]
        for start in range(0, len(posts), BATCH):
            # Out of each other's way first: a path may be there once in a thread, between two statements too.
            own = Concat(Value("~"), Cast("pk", CharField()))
            Post.objects.filter(pk__in=[post.pk for post in posts[start : start + BATCH]]).update(path=own)
        Post.objects.bulk_update(posts, ["path", "children"], batch_size=BATCH)
    return misplaced


def _places(rows: list[_Row]) -> dict[int, _Place]:
    """`rows` in the order of writing. A post that no chain of parents joins to the opening post has no place."""
    hung = _hung_from(rows)
    opening = next((row for row in rows if row.parent_id is None), None)
    if opening is None:
        return {}
    places: dict[int, _Place] = {}
    waiting = [(opening, ROOT)]
    while waiting:
        anchor, path = waiting.pop()
        numbers = _numbers(path, hung[anchor.pk])
        places[anchor.pk] = _Place(path, max([anchor.children, *numbers]))
        waiting += [(row, path + step(number)) for row, number in zip(hung[anchor.pk], numbers, strict=True)]
    return places


def _hung_from(rows: list[_Row]) -> dict[int, list[_Row]]:
    """Under each post those whose path goes on from its own: its answers, or at the depth limit all that lies below."""
    answers: dict[int | None, list[_Row]] = defaultdict(list)
    for row in rows:
        answers[row.parent_id].append(row)
    order = {row.pk: number for number, row in enumerate(rows)}
    hung: dict[int, list[_Row]] = defaultdict(list)
    waiting = [(row, 1, row) for row in answers[None][:1]]
    while waiting:
        post, depth, anchor = waiting.pop()
        for answer in answers[post.pk]:
            if depth < MAX_DEPTH:
                hung[post.pk].append(answer)
                waiting.append((answer, depth + 1, post))
            else:
                hung[anchor.pk].append(answer)
                waiting.append((answer, depth, anchor))
    for siblings in hung.values():
        siblings.sort(key=lambda row: order[row.pk])
    return hung


def _numbers(path: str, siblings: list[_Row]) -> list[int]:
    """Their own numbers where those follow the order of writing; counted anew otherwise."""
    numbers = [_number(path, row.path) for row in siblings]
    if all(before < after for before, after in zip([0, *numbers], numbers, strict=False)):
        return numbers
    return list(range(1, len(siblings) + 1))


def _number(anchor: str, path: str) -> int:
    """0 where the path does not go on from the anchor's."""
    digits = path[len(anchor) :]
    if not path.startswith(anchor) or len(digits) != PATH_STEP:
        return 0
    try:
        number = int(digits, 36)
    except ValueError:
        return 0
    return number if step(number) == digits else 0
