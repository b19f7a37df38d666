from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from forum.importing.blog import Page, Remark
from forum.importing.wordpress import read_wordpress
from forum.management.blog_command import BlogCommand


class Command(BlogCommand):
    help = "Turns a WordPress export into threads: each page with its comments, under other names (docs/moving-in.md)."
    kind = "wordpress"

    def read(self, file: BinaryIO) -> Iterator[Page | Remark]:
        return read_wordpress(file)
