"""Taking commenters' names out of what was written. Nothing here touches a database.

Somebody who signed a comment on a blog did not agree to be found here. In doubt a word is a name: a sentence that reads
oddly is a smaller harm than a person found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from forum.importing.markdown import escaped

WORD = re.compile(r"[^\W_]+")  # a run of letters and digits
_MARKS = re.compile(r"[*_~`]+")
_WITHOUT_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


def folded(word: str) -> str:
    """One spelling for a word: no case, no accents, no width."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def name_key(name: str) -> str:
    return " ".join(folded(name).split())


def is_capital(word: str) -> bool:
    """Scripts without case have nothing else to show, so their letters count."""
    return word[:1].isalpha() and not word[0].islower()


# --- words -----------------------------------------------------------------------------------------------------------

PLACE = words_of("in from of at near by")  # after these stands where somebody is, not who
JOINING = PLACE | words_of("and the de da di do dos du del della la le van von der den ter zu al el bin ibn y e")
# One of these anywhere makes a line a sentence.
SENTENCE = words_of(
    """i im ive id you your youre my me we us our they them their she him his her it its this that these those is was
    are am were be been has have had did does not dont cant thank thanks thankyou very too much for with but about
    what why how when where who to on if as or must read story article post blog website page site comment reply
    question narcissist narcissists narcissism narcissistic abuse abusive abused contact"""
)
# One of these in front makes it a greeting, an exclamation or a heading.
OPENING = words_of(
    """hi hello hey hiya dear wow omg yes yep yeah no nope oh ok okay lol amen great good nice excellent amazing
    awesome beautiful beautifully brilliant wonderful perfect perfectly powerful interesting fantastic incredible
    spot well true exactly absolutely totally definitely agreed same ditto welcome please sorry help update edit ps
    note also and so because yesterday today tonight tomorrow now then still just finally never always maybe
    currently recently after before since while during every each some many most day days week weeks month months
    year years part chapter re regarding advice relationship god jesus lord bless praying prayers sending hugs peace
    strength blessings such truly really thx ty tysm cheers gracias merci danke grazie bravo kudos congrats
    congratulations preach period facts he quite all more another back once"""
)
# Words that are names too. Alone they are replaced only where they begin with a capital: "I hope" stays, "Hope said"
# goes. So does "Hope is a habit"; a sentence that reads oddly is the smaller harm.
_ALSO_A_WORD = words_of(
    """will hope grace faith joy may june april august summer autumn winter spring dawn eve rose lily ivy iris daisy
    violet poppy holly hazel heather jasmine olive fern ginger pearl ruby amber jade crystal coral gem opal star sky
    sunny stormy rain river brook lake forest glen dale cliff heath rusty sandy rocky misty merry happy sunshine
    honey angel destiny harmony melody serenity felicity charity mercy patience prudence verity trinity justice
    liberty bliss bird robin wren jay drake fox wolf bear buck hunter chase chance chip chuck clay colt dean duke
    earl major king prince queen sage saffron art bill bob rob mark frank jack josh pat nick rich rod guy gene grant
    gray grey harry jean jimmy john lance lane mason max miles norm page parker penny pierce piper pip ray reed rick
    rip roman rush scout skip sterling sue tab tad teddy tiny tom trace tucker van victor wade ward warren web west
    woody young white black brown green blue long short small little sharp swift bright love lovely night moon frost
    snow stone wood woods hill field fields marsh moss meadow park parks bush bell church cook cooper carter baker
    butler miller taylor smith fisher shepherd potter porter bishop pope knight noble price cash money banks rivers
    waters walker carpenter turner singer barber bond wise moody drew dot candy cherry brandy sherry carol bonny
    bunny kitty cat peg bee rainbow dolly bobby sonny buddy rowan berry basil herb curt ernest bud ace cricket kit
    cody cary carry gale"""
)
# Words that tell nobody who wrote, in handles like "Free at Last". Alone they are not replaced at all.
_IMPERSONAL = JOINING | words_of(
    """survivor victim warrior fighter thriver mom mum mommy mummy mother mama dad father daddy papa sister brother
    daughter son wife husband girl boy woman man lady friend anonymous anon guest visitor reader stranger nobody
    somebody someone anyone everyone no none me myself lost broken shattered tired sad hurt hurting healing healed
    alone lonely afraid scared angry confused free freedom finally strong stronger surviving thriving moving done
    over out away home again life loved narc narcs soul heart hearts hearted spirit mind phoenix rising butterfly
    wings light darkness new old one two three first last once real true great good bad better best big former ex
    never always mr mrs ms miss dr sir rev prof st saint jr sr us usa uk tx ca ny la dc nz au"""
)
_ORDINARY = _ALSO_A_WORD | _IMPERSONAL


def count_capitals(counts: Counter[str], text: str) -> None:
    """For `plain_words`. `text` must be by somebody who writes names with capitals, as an article's author does."""
    for word in WORD.findall(text):
        counts[folded(word)] += -1 if word.islower() else 1


def plain_words(counts: Counter[str]) -> frozenset[str]:
    """What stands mostly in lower case is a word, whoever may be called so."""
    return frozenset(word for word, count in counts.items() if count < 0)


# --- searching -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Node:
    next: dict[str, _Node] = field(default_factory=dict)
    people: dict[str, None] = field(default_factory=dict)  # in the order in which the name is theirs
    any_case: bool = False


class NameSearch:
    """A tree of names by their words, so that a text is read once however many names there are.

    `names` are pairs of a name and whose it is. It compares words and not characters: the escapes of Markdown, straight
    or curly apostrophes and line ends inside a name make no difference. `plain_words` are replaced only where they
    begin with a capital.
    """

    def __init__(self, names: Collection[tuple[str, str]], *, plain_words: Collection[str]) -> None:
        self._root = _Node()
        self._plain_words = plain_words
        names = [(spelling, person) for name, person in names for spelling in _spellings(name)]
        for name, person in names:  # all whole names before any part: "Given" may be a whole name
            self._add([folded(word) for word in WORD.findall(name)], person)
        for name, person in names:
            for part, made_of in _personal_parts(name):
                self._add(part, person, made_of)
        # Scripts that write words together, or glue prefixes to names, give no word to compare: searched as they are.
        self._glued: dict[str, str] = {}
        for name, person in names:
            if len(name) > 1 and any(map(_has_no_case, name)):
                self._glued.setdefault(name, person)
        longest_first = sorted(self._glued, key=len, reverse=True)
        self._glued_pattern = re.compile("|".join(map(re.escape, longest_first))) if self._glued else None

    def _add(self, words: Sequence[str], person: str, made_of: Sequence[str] = ()) -> None:
        """`made_of`: the words that were run together; where one of them is no ordinary word, neither is the whole."""
        if not words or (len(words) == 1 and len(words[0]) == 1 and not _has_no_case(words[0])):
            return
        node = self._root
        for word in words:
            node = node.next.setdefault(word, _Node())
        node.any_case |= not all(map(self._is_ordinary, made_of or words))
        node.people.setdefault(person)

    def _is_ordinary(self, word: str) -> bool:
        return len(word) < 3 or word in _ORDINARY or word in self._plain_words

    def replaced(
        self,
        text: str,
        pseudonym_of: Callable[[str], str],
        *,
        markdown: bool,
        here: Collection[str] | None = None,
    ) -> str:
        """`here` are the people who take part; of the others only what cannot be an ordinary word is taken for a name.

        Without it all do.
        """

        def inserted(person: str) -> str:
            return escaped(pseudonym_of(person)) if markdown else pseudonym_of(person)

        text = unicodedata.normalize("NFC", text)
        if self._glued_pattern is not None:
            text = self._glued_pattern.sub(lambda found: inserted(self._glued[found[0]]), text)
        words = list(WORD.finditer(text))
        plain = [folded(word[0]) for word in words]
        done: list[str] = []
        copied = at = 0
        while at < len(words):
            end, person = self._longest(text, words, plain, at, here)
            if person is None:
                at += 1
                continue
            opening, closing = _marks_inside(text, words[at:end])
            done += text[copied : words[at].start()], opening, inserted(person), closing
            copied = words[end - 1].end()
            at = end
        return "".join(done) + text[copied:]

    def _longest(
        self, text: str, words: Sequence[re.Match[str]], plain: Sequence[str], at: int, here: Collection[str] | None
    ) -> tuple[int, str | None]:
        node, end = self._root, at
        found: tuple[int, str | None] = (at, None)
        while end < len(words) and (after := node.next.get(plain[end])) is not None:
            between = text[words[end - 1].end() : words[end].start()] if end > at else ""
            if len(between) > 3 or "\n\n" in between:
                break
            node, end = after, end + 1
            if (person := _meant(node, here, is_capital=is_capital(words[at][0]))) is not None:
                found = (end, person)
        return found


def _marks_inside(text: str, words: Sequence[re.Match[str]]) -> tuple[str, str]:
    """The marks of Markdown between the words of a name whose other half stands outside it: "**Given** Surname"."""
    opening = closing = ""
    for before, after in pairwise(words):
        left, space, right = text[before.end() : after.start()].partition(" ")
        left, right = (left, right) if space else ("", "")
        closed, opened = ("".join(_MARKS.findall(side)) for side in (left, right))
        if closed != opened:
            opening, closing = opening + opened, closing + closed
    return opening, closing


def _meant(node: _Node, here: Collection[str] | None, *, is_capital: bool) -> str | None:
    if not (node.any_case or is_capital):
        return None
    if (person := next((person for person in node.people if here is None or person in here), None)) is not None:
        return person
    return next(iter(node.people), None) if node.any_case else None


def _has_no_case(char: str) -> bool:
    return unicodedata.category(char) == "Lo"


def _spellings(name: str) -> Iterator[str]:
    """As it is, and as somebody writes it who has no umlauts."""
    name = unicodedata.normalize("NFC", name)
    yield name
    if (plain := name.lower().translate(_WITHOUT_UMLAUTS)) != name.lower():
        yield plain


def _address_parts(address: str) -> Iterator[tuple[list[str], Sequence[str]]]:
    """Of a mail address what stands before the sign: the rest is a provider's."""
    pieces = list(map(folded, WORD.findall(address.partition("@")[0])))
    if len(pieces) > 1 and not _IMPERSONAL.issuperset(pieces):
        yield pieces, ()
        yield ["".join(pieces)], pieces


def _personal_parts(name: str) -> Iterator[tuple[list[str], Sequence[str]]]:
    """What somebody may be called who signed `name`: all words up to a place, each of them, and all run together, that
    with what it was made of.
    """
    if "@" in name[1:]:
        yield from _address_parts(name)
        return
    person: list[str] = []
    for word in name.split():
        pieces = WORD.findall(word)
        plain = list(map(folded, pieces))
        whole = "".join(plain)
        if word.startswith("(") or whole in PLACE:
            break
        person += plain
        if whole not in _IMPERSONAL:
            yield plain, ()
            yield [whole], plain
        for piece in pieces:
            for inner in map(folded, _inner_words(piece)):
                if len(inner) > 2 and inner not in _IMPERSONAL:
                    yield [inner], ()
        if word.endswith(","):
            break
    if len(person) > 1:
        yield person, ()
        yield ["".join(person)], person


def _inner_words(piece: str) -> list[str]:
    """ "Sunny99" answers to Sunny, and "GivenSurname" to either."""
    spaced = "".join(
        f" {char}" if char.isupper() and at and piece[at - 1].islower() else char for at, char in enumerate(piece)
    )
    return re.findall(r"[^\W\d_]+", spaced)
