"""Letters and spelling: what was typed, as the plain words that rules are written in."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

STOP = "."  # stands in the list of words where a sentence ends; no gap of a rule steps over it
LONGEST_WORD = 40  # nothing longer is looked at closely

_LOOKALIKES = str.maketrans(
    "авекмнорстухіјѕԁɡαοεικνρτυχμ’‘ʼ`´‛＇ıł",
    "abekmhopctyxijsdgaoeiknptuxm'''''''il",
)
_LEET = str.maketrans("013457@$!|+", "oieastasiit")
_REPEATED = re.compile(r"([a-z])\1{2,}+")
_ELIDED = frozenset("j l d m t s n c qu jusqu lorsqu puisqu quelqu".split())  # French, before an apostrophe
_ENDINGS = {"re": "are", "ve": "have", "ll": "will", "d": "would", "m": "am"}
_IS = frozenset("he she it that there who what where here this one everyone nobody everything".split())


@lru_cache(maxsize=4096)
def _folded_character(character: str) -> str:
    if unicodedata.category(character) in {"Cf", "Mn", "Me", "Cc"}:
        return "\n" if character in "\n\r" else " " if character == "\t" else ""
    plain = unicodedata.normalize("NFKD", character)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().translate(_LOOKALIKES)


def fold(text: str) -> tuple[str, list[int]]:
    """The text in small plain letters, and for each of its characters the place in the original it came from."""
    if text.isascii() and text.isprintable():
        return text.lower(), list(range(len(text) + 1))
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = _folded_character(character)
        folded.append(plain)
        places += [place] * len(plain)
    places.append(len(text))
    return "".join(folded), places


class Spelling:
    """From what was typed to the words that rules are written in, for one choice of languages."""

    def __init__(
        self,
        *,
        known: frozenset[str],
        table: dict[str, tuple[str, ...]],
        weighty: frozenset[str],
        masked: frozenset[str],
    ) -> None:
        self.known = known
        self._table = table
        self._masked: dict[int, list[str]] = {}
        for word in sorted(masked):
            self._masked.setdefault(len(word), []).append(word)
        self._mistakes: dict[str, str] = {}
        for word in sorted(weighty):
            for near in _one_letter_less(word):
                self._mistakes.setdefault(near, word)
        self.read = lru_cache(maxsize=8192)(self._read)

    def _read(self, piece: str) -> tuple[str, ...]:
        if piece in self._table:
            return self._table[piece]
        if "'" in piece and len(piece) <= LONGEST_WORD:
            return self._contracted(piece)
        if piece in self.known or (piece[0].isdigit() and not any(c.isalpha() for c in piece)):
            return (piece,)
        if len(piece) > LONGEST_WORD:
            return (piece[:LONGEST_WORD],)
        return self._guessed(piece)

    def _contracted(self, piece: str) -> tuple[str, ...]:
        head, _apostrophe, tail = piece.rpartition("'")
        if tail == "t" and head.endswith("n"):
            verb = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}.get(head[:-1], head[:-1])
            return (verb, "not")
        if tail in _ENDINGS and len(head) > 0:
            return (*self.read(head), _ENDINGS[tail])
        if tail == "s":
            return (*self.read(head), "is" if head in _IS else "s")
        if head in _ELIDED:
            return (head, *self.read(tail))
        plain = piece.replace("'", "")
        return (
            (plain,) if plain in self.known else tuple(p for part in piece.split("'") if part for p in self.read(part))
        )

    def _guessed(self, piece: str) -> tuple[str, ...]:
        return self._meant(piece) if piece.isalpha() else self._unmasked(piece)

    def _unmasked(self, piece: str) -> tuple[str, ...]:
        plain = piece.translate(_LEET)
        if plain in self.known or plain in self._table:
            return self.read(plain)
        if "*" in piece:
            for word in self._masked.get(len(piece), ()):
                if all(typed in {"*", meant} for typed, meant in zip(piece, word, strict=True)):
                    return (word,)
        parts = re.split(r"[*@$!|+]+", piece)
        return tuple(p for part in parts if part for p in self.read(part)) if len(parts) > 1 else (piece,)

    def _meant(self, piece: str) -> tuple[str, ...]:
        if _REPEATED.search(piece):
            for repeated in (r"\1", r"\1\1"):
                shorter = _REPEATED.sub(repeated, piece)
                if shorter in self.known or shorter in self._table:
                    return self.read(shorter)
            piece = _REPEATED.sub(r"\1", piece)
        if len(piece) >= 6:
            for near in _one_letter_less(piece):
                meant = self._mistakes.get(near)
                if meant and meant[0] == piece[0] and abs(len(meant) - len(piece)) <= 1:
                    return (meant,)
        return (piece,)


def _one_letter_less(word: str) -> list[str]:
    return [word, *(word[:at] + word[at + 1 :] for at in range(1, len(word)))]
