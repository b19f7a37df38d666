"""The first reading of a blog's export: what must be known of all of it before a word can be brought in.

Pure, and without the words: who is called what, and which comment answers which.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from forum.importing.blog import Page, Person, Remark, Skipped
from forum.importing.names import OPENING, SENTENCE, NameSearch, count_capitals, plain_words

# Their names are wares and the names of other sites: taken out of every text, they would leave holes.
_NOT_PEOPLE = {Skipped.SPAM, Skipped.PING}


@dataclass(slots=True)
class Note:
    """A comment without its words. `answers` is the place in the file of what it answers; None: the page."""

    page_key: str
    key: str
    person: str
    is_left_out: bool
    is_twice: bool
    answers: int | None = None


class Survey:
    """What must be known of the whole file before a word of it can be brought in."""

    def __init__(self, blog: Iterable[Page | Remark]) -> None:
        self.notes: list[Note] = []
        self.of_page: defaultdict[str, list[Note]] = defaultdict(list)
        self.lost_parents = 0
        self._names: dict[tuple[str, str], None] = {}
        self._capitals = Counter[str]()
        self._places: dict[tuple[str, str], int] = {}
        self._digests: dict[tuple[str, str], str] = {}
        self._without_id = Counter[tuple[str, str]]()
        answered = []
        for each in blog:
            if isinstance(each, Page):
                self._know(each.author)
                count_capitals(self._capitals, each.html if each.skipped is None else "")
            else:
                self._note(each)
                answered.append(each.answers)
        self._join(answered)
        self.search = NameSearch(list(self._names), plain_words=plain_words(self._capitals) | SENTENCE | OPENING)

    def _know(self, person: Person) -> None:
        self._names |= {(name, person.key): None for name in person.names}

    def _note(self, remark: Remark) -> None:
        if remark.skipped not in _NOT_PEOPLE:
            self._know(remark.person)
        key, digest = remark.key, _digest(remark)
        is_twice = key != "" and self._digests.get((remark.page_key, key)) == digest
        if not key or (not is_twice and (remark.page_key, key) in self._places):
            self._without_id[remark.page_key, digest] += 1
            key = f"{digest} {self._without_id[remark.page_key, digest]}"
        self._places.setdefault((remark.page_key, key), len(self.notes))
        self._digests.setdefault((remark.page_key, key), digest)
        note = Note(remark.page_key, key, remark.person.key, remark.skipped is not None, is_twice)
        self.notes.append(note)
        self.of_page[note.page_key].append(note)

    def _join(self, answered: list[str]) -> None:
        for note, key in zip(self.notes, answered, strict=True):
            note.answers = self._places.get((note.page_key, key)) if key else None
            self.lost_parents += key != "" and note.answers is None and not note.is_left_out
        seen = [0] * len(self.notes)
        for start in range(1, len(self.notes) + 1):
            at: int | None = start - 1
            while at is not None and not seen[at]:
                seen[at] = start
                before, at = at, self.notes[at].answers
                if at is not None and seen[at] == start:  # a circle: its last answers the page
                    self.notes[before].answers = at = None
                    self.lost_parents += 1


def _digest(remark: Remark) -> str:
    """Of its words and day; not of who wrote it: nobody should be able to try names on it."""
    said = f"{remark.written_on} {' '.join(remark.html.split())}"
    return base64.urlsafe_b64encode(hashlib.sha256(said.encode()).digest()[:15]).decode()
