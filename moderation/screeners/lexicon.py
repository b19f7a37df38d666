"""The rules as data: `data/families.toml` says what each family means, `data/<language>.toml` how people say it.

Read once in a process, on first use. A rule that cannot be read fails the start of whoever asks, with its words.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from moderation.screeners.phrases import BadPhrase, Choice, Finder, Found, Phrase, read_phrase
from moderation.screeners.spelling import Spelling

DATA = Path(__file__).parent / "data"
_KINDS: dict[Any, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}
LANGUAGES = ("en", "es", "fr", "de")
_GROUPS = ("danger", "reply", "wish")


@dataclass(frozen=True, slots=True)
class Family:
    """What it means that a phrase of this family was found."""

    name: str
    label: str
    weight: float
    severity: int = 0
    sign: str = ""  # a named danger sign, for the moderator
    part: str = ""  # of the four-part rule: desire, plan, means, time
    adds: bool = False  # hints: each of its phrases adds to the others
    quoted: bool = False  # counts inside quotation marks too
    past: bool = False  # counts although it is said to be over
    framed: bool = True  # what is said around it takes weight from it
    needs: str = ""  # counts only beside a finding of this part
    lasts: bool = False  # what happened yesterday is as severe as what happens now

    def __post_init__(self) -> None:
        _checked(self, self.weight)


@dataclass(frozen=True, slots=True)
class Frame:
    """What takes weight from a finding: it is over, denied, an idiom, somebody else's words."""

    name: str
    factor: float
    scope: str  # span: the words it covers; near: the clause; sentence; text
    only: str = ""  # the one group of rules it speaks to
    label: str = ""  # and of it the one label

    def __post_init__(self) -> None:
        _checked(self, self.factor)


def _checked(told: Family | Frame, share: float) -> None:
    """A value of the wrong kind is found when rules are loaded, never when a text is read."""
    for one in fields(told):
        value = getattr(told, one.name)
        if not isinstance(value, _KINDS[one.type]) or isinstance(value, bool) != (one.type == "bool"):
            message = f"{told.name}: {one.name} is no {one.type}"
            raise BadPhrase(message)
    if not 0 <= share <= 1:
        message = f"{told.name}: {share} is not from 0 to 1"
        raise BadPhrase(message)


@dataclass(frozen=True, slots=True)
class Hit:
    family: str
    rule: str
    first: int
    after: int
    phrase: Phrase


@dataclass(slots=True)
class _Language:
    code: str
    stopwords: frozenset[str]
    breaks: frozenset[str]
    negations: frozenset[str]
    table: dict[str, tuple[str, ...]]
    weighty: frozenset[str]
    masked: frozenset[str]
    finders: dict[str, Finder]
    known: frozenset[str]


@dataclass
class Lexicon:
    version: str
    families: dict[str, dict[str, Family]]
    frames: dict[str, Frame]
    languages: dict[str, _Language]
    _spellings: dict[tuple[str, ...], Spelling] = field(default_factory=dict)

    def languages_of(self, words: Iterable[str], wanted: str | None = None) -> tuple[str, ...]:
        """The language the text is most likely in, and others it may be mixed with; all when nothing tells."""
        told: Counter[str] = Counter()
        for word in words:
            for code in self._languages_by_word.get(word, ()):
                told[code] += 1
        if wanted in self.languages:
            told[wanted] += 5
        most = max(told.values(), default=0)
        return tuple(code for code in LANGUAGES if told[code] * 2.5 >= most) if most else LANGUAGES

    @cached_property
    def _languages_by_word(self) -> dict[str, tuple[str, ...]]:
        words = {word for language in self.languages.values() for word in language.stopwords}
        return {w: tuple(code for code, one in self.languages.items() if w in one.stopwords) for w in words}

    def spelling_of(self, languages: tuple[str, ...]) -> Spelling:
        if languages not in self._spellings:
            chosen = [self.languages[code] for code in languages]
            table: dict[str, tuple[str, ...]] = {}
            for one in reversed(chosen):
                table |= one.table
            self._spellings[languages] = Spelling(
                known=frozenset().union(*(one.known for one in chosen)),
                table=table,
                weighty=frozenset().union(*(one.weighty for one in chosen)),
                masked=frozenset().union(*(one.masked for one in chosen)),
            )
        return self._spellings[languages]

    def breaks_of(self, languages: tuple[str, ...]) -> frozenset[str]:
        return frozenset().union(*(self.languages[code].breaks for code in languages))

    def negations_of(self, languages: tuple[str, ...]) -> frozenset[str]:
        return frozenset().union(*(self.languages[code].negations for code in languages))

    def find(self, group: str, words: list[str], languages: tuple[str, ...]) -> list[Hit]:
        """Every phrase of the group and every frame in these words."""
        hits: list[Hit] = []
        for code in languages:
            for kind in (group, "frames"):
                hits += [_hit(code, found) for found in self.languages[code].finders[kind].find(words)]
        return hits

    def steps(self) -> int:
        return sum(finder.steps for one in self.languages.values() for finder in one.finders.values())


def _hit(code: str, found: Found) -> Hit:
    return Hit(
        found.phrase.rule.partition(".")[0], f"{code}.{found.phrase.rule}", found.first, found.after, found.phrase
    )


@cache
def shipped() -> Lexicon:
    return load(DATA)


def load(folder: Path) -> Lexicon:
    families = tomllib.loads((folder / "families.toml").read_text(encoding="utf-8"))
    return Lexicon(
        version=families["version"],
        families={
            group: {name: Family(name=name, **told) for name, told in families[group].items()} for group in _GROUPS
        },
        frames={name: Frame(name=name, **told) for name, told in families["frames"].items()},
        languages={code: _read_language(folder, code, families) for code in LANGUAGES},
    )


def _read_language(folder: Path, code: str, families: dict[str, Any]) -> _Language:
    told = tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8"))
    stopwords = frozenset(told["stopwords"].split())
    lists: dict[str, list[str]] = {}
    for name, items in told["lists"].items():
        lists[name] = list(_expanded(items, lists))
    negations = frozenset(told["negations"].split())
    known = set(stopwords) | set(told["weighty"].split()) | set(told["breaks"].split())
    finders = {}
    for group in (*_GROUPS, "frames"):
        finder = Finder(common=stopwords)
        for name, phrases in told.get(group, {}).items():
            if name not in families[group]:
                raise BadPhrase(name)
            for number, written in enumerate(phrases, 1):
                phrase = read_phrase(f"{name}.{number}", written, lists, stopwords, negations)
                finder.add(phrase)
                known.update(*(part.words_of_it() for part in phrase.parts if isinstance(part, Choice)))
        finders[group] = finder
    table = {wrong: tuple(right.split()) for wrong, right in told["spelling"].items()}
    return _Language(
        code=code,
        stopwords=stopwords,
        breaks=frozenset(told["breaks"].split()),
        negations=negations,
        table=table,
        weighty=frozenset(told["weighty"].split()),
        masked=frozenset(told["masked"].split()),
        finders=finders,
        known=frozenset(known | set(told["leave_alone"].split())),
    )


def _expanded(items: str, lists: dict[str, list[str]]) -> Iterator[str]:
    for item in items.split(","):
        name = item.strip()
        if name.startswith("<"):
            yield from lists[name[1:-1]]
        elif name:
            yield name
