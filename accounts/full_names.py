"""Does a name look like somebody's full name? The one thing that whoever looks for somebody here knows for sure (A2).

Told by two lists (`accounts/realnames/`) and some endings of surnames. Refused are: a given name beside a surname, in
either order, parted by a space, a hyphen or a capital, or run together; a given name beside a lone letter; a given name
before one other word, if that word is none that we offer. Not refused is what may just as well be two words: "Rose
Hill" is a name to some and a place to others, and a lone given name says less than it seems to.

It cannot know every name there is. The page therefore says it in words, too, and offers others.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import permutations
from pathlib import Path

_SURNAME_ENDINGS = (
    "ova", "eva", "enko", "ska", "ski", "sky", "czyk", "wicz", "vich", "vic", "sson", "sdottir", "poulos", "idis",
    "mann", "stein", "berg", "escu", "oglu", "yan", "dze", "shvili", "guez", "ndez",
)  # fmt: skip
# After a given name these make a phrase, not a surname.
_CONNECTING = frozenset(
    "a alone and at away by for here in is no not of on or sings so the to too walks who with".split()
)
_LEAST_ENDED = 6  # letters of a surname told by its ending alone: "Sky" and "Eva" are none


def looks_like_full_name(name: str, *, offered: frozenset[str] = frozenset()) -> bool:
    """`offered`: the words that names are offered from. Beside a given name they make no surname."""
    words = _words(name)
    given, surnames = _names("given.txt"), _names("surnames.txt")
    if len(words) < 2:
        return any(map(_is_run_together, words))
    for first, last in permutations(words, 2):
        is_given, is_surname = first in given, last in surnames or _ends_like_surname(last)
        if is_given and is_surname and not (given[first] and surnames.get(last, False)):
            return True
    if len(words) > 2:
        return False
    first, last = words
    if (len(first) == 1 and last in surnames) or (len(last) == 1 and first in given):
        return True
    return first in given and not given[first] and last not in offered and last not in _CONNECTING


def _is_run_together(word: str) -> bool:
    """ "annasmith": each part must be long enough, and neither an ordinary word, to be told from chance."""
    given, surnames = _names("given.txt"), _names("surnames.txt")
    for place in range(3, len(word) - 3):
        first, last = word[:place], word[place:]
        if given.get(first) is False and surnames.get(last) is False:
            return True
    return False


def _ends_like_surname(word: str) -> bool:
    return len(word) >= _LEAST_ENDED and word.endswith(_SURNAME_ENDINGS)


def _words(name: str) -> list[str]:
    """Lower case, without accents, apostrophes and digits, parted at spaces, hyphens and capitals inside a word."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    plain = unicodedata.normalize("NFKD", parted.casefold())
    letters = "".join(char for char in plain if unicodedata.category(char) != "Mn").replace("ß", "ss")
    return re.findall(r"[^\W\d_]+", re.sub("['\u2019]", "", letters))


@cache
def _names(file_name: str) -> dict[str, bool]:
    """Each name, and whether it is an ordinary word as well."""
    lines = (Path(__file__).parent / "realnames" / file_name).read_text(encoding="utf-8").splitlines()
    marked = [word for line in lines if not line.startswith("#") for word in line.split()]
    return {word.rstrip("*"): word.endswith("*") for word in marked}
