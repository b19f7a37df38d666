from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from forum.importing.blog import Page, Remark
from forum.importing.disqus import read_disqus
from forum.management.blog_command import BlogCommand


class Command(BlogCommand):
    help = "Turns a Disqus export into threads: each page's comments, under other names (docs/moving-in.md)."
    kind = "disqus"

    def read(self, file: BinaryIO) -> Iterator[Page | Remark]:
        return read_disqus(file)
