"""What the two commands that bring in a blog have in common: all but who reads the file."""

from __future__ import annotations

import gzip
from abc import ABC, abstractmethod
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, cast

from django.core.management.base import BaseCommand, CommandError

from common.errors import HearthError
from forum.importing.blog import Page, Remark, Skipped
from forum.services.blogs import BlogReport, import_blog
from forum.services.seeding import category_named

_GZIP = b"\x1f\x8b"
_TELL_EVERY = 500  # comments

_PAGES = {
    Skipped.REMOVED: "pages had been taken down",
    Skipped.NOT_PUBLIC: "pages were not public",
    Skipped.OTHER_KIND: "pages had nothing to bring in: pictures, menus, pages without comments",
    Skipped.SPAM: "pages were spam",
    Skipped.WAITING: "pages had not been let through",
}
_COMMENTS = {
    Skipped.SPAM: "were spam",
    Skipped.REMOVED: "had been removed",
    Skipped.WAITING: "had not been let through",
    Skipped.PING: "were other sites' notes, no comments",
    Skipped.NOT_PUBLIC: "stood below pages that were not public",
    Skipped.OTHER_KIND: "stood below something that is no page",
    Skipped.NO_PAGE: "belong to pages that the file does not hold",
}


class BlogCommand(BaseCommand, ABC):
    kind: ClassVar[str]

    @abstractmethod
    def read(self, file: BinaryIO) -> Iterator[Page | Remark]: ...

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="as it was exported; .gz too")
        parser.add_argument("--category", help="title or id; the first category if left out")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args: Any, file: Path, category: str | None, dry_run: bool, **options: Any) -> None:
        def blog() -> Iterator[Page | Remark]:
            with _opened(file) as opened:
                yield from self.read(opened)

        try:
            report = import_blog(
                blog,
                kind=self.kind,
                category=category_named(category),
                actor=None,
                dry_run=dry_run,
                tell=self._tell,
            )
        except OSError as error:
            message = f"The file cannot be read: {error.strerror}."
            raise CommandError(message) from error
        except HearthError as error:
            raise CommandError(str(error.text)) from error
        for line in _lines(report, "Would add" if dry_run else "Added"):
            self.stdout.write(line)

    def _tell(self, done: int, of_all: int) -> None:
        if done % _TELL_EVERY == 0 and of_all > _TELL_EVERY:
            self.stdout.write(f"{done:,} of {of_all:,} comments …")
            self.stdout.flush()


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    with file.open("rb") as opened:
        if opened.peek(2)[:2] != _GZIP:
            yield opened
            return
        with gzip.open(opened) as unpacked:
            yield cast("BinaryIO", unpacked)


def _lines(report: BlogReport, verb: str) -> Iterator[str]:
    yield (
        f"{verb} threads: {report.threads}; answers below them: {report.posts}, "
        f"{report.answers_to_comments} of these to another answer."
    )
    yield f"People whose names give way to others': {report.names_replaced}."
    counted = [
        (report.here_already, "comments are here already."),
        (report.lost_parents, "answered something that the file does not hold; they stand below the page itself."),
        (report.unreadable, "texts had no words, or more signs than can be shown, and are left out."),
        (report.damaged, "texts hold characters that got lost when the file was made: each shows as \ufffd."),
        (report.twice, "comments stood in the file twice."),
        *((count, f"comments {_COMMENTS[why]}, and are left out.") for why, count in sorted(report.skipped.items())),
        *((count, f"{_PAGES[why]}.") for why, count in sorted(report.skipped_pages.items())),
    ]
    yield from (f"{count} {words}" for count, words in counted if count)
