"""Names that are not an identity: offered ones, and which chosen ones are let through.

A person who looks for somebody here starts with what they know of them: the name, the e-mail address, the telephone
number, the year of birth. A name that holds one of these is refused, in kind words (rule A2 of the safety rules). What
cannot be told by looking is not refused: "Quiet Harbour" and a given name with a surname have the same shape, so the
page asks people not to use their own name, and offers others.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.full_names import looks_like_full_name
from common.errors import Invalid

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

MIN_LENGTH = 3
MAX_LENGTH = 40

_WORD_LISTS = Path(__file__).parent / "wordlists"

_TRIES_WITH_TWO_WORDS = 30  # all taken: nearly all 80,000 are gone, so a third word makes 20 million
_TRIES_WITH_THREE_WORDS = 30


class NameRevealing(Invalid):
    code = "name-revealing"
    message = _("This name could help somebody find you. Please choose one that says less about you.")

    def __init__(self, reason: _StrOrPromise) -> None:
        super().__init__(fields={"username": [reason]})


class NameUnsuitable(Invalid):
    code = "name-unsuitable"
    message = _("This name cannot be used here. Please choose another.")

    def __init__(self, reason: _StrOrPromise) -> None:
        super().__init__(fields={"username": [reason]})


# --- offering ------------------------------------------------------------------------------------------------------


def suggest_pseudonym(is_taken: Callable[[str], bool] = lambda _name: False, *, language: str | None = None) -> str:
    """A name like "Quiet Harbour"; asks `is_taken` once for each try, at most 60 times.

    In the site's own language unless another is asked for: what is given to somebody unasked must not tell which
    language they read the site in. Another may take the name before it is saved, so the caller still needs a unique
    constraint. LookupError when every try was taken.
    """
    folder = _folder(language or settings.LANGUAGE_CODE)
    for words in (2,) * _TRIES_WITH_TWO_WORDS + (3,) * _TRIES_WITH_THREE_WORDS:
        name = _random_name(folder, words)
        if not is_taken(name):
            return name
    raise LookupError


def suggest_pseudonyms(
    count: int, is_taken: Callable[[str], bool] = lambda _name: False, *, language: str | None = None
) -> list[str]:
    """`count` names, no two alike."""
    names: list[str] = []
    for _turn in range(count):
        names.append(suggest_pseudonym(lambda name: name in names or is_taken(name), language=language))
    return names


def _random_name(folder: Path, words: int) -> str:
    first = secrets.SystemRandom().sample(_word_list(folder / "first.txt"), words - 1)
    return " ".join([*first, secrets.choice(_word_list(folder / "last.txt"))]).title()


def _folder(language: str) -> Path:
    """Of the language, of the one it is a kind of ("pt" for "pt-br"), or of English."""
    tags = (language.lower(), language.lower().partition("-")[0], "en")
    return next(folder for tag in tags if (folder := _WORD_LISTS / tag).is_dir())


@cache
def _word_list(file: Path) -> tuple[str, ...]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@cache
def offered_words() -> frozenset[str]:
    """Of every language."""
    return frozenset(word for file in _WORD_LISTS.glob("*/*.txt") for word in _word_list(file))


# --- one name, one spelling ----------------------------------------------------------------------------------------


def normalise_name(name: str) -> str:
    """To look at: without regard to case, width and spacing. Refuses nothing."""
    for _round in range(2):  # folding case can bring back what NFKC folds
        name = unicodedata.normalize("NFKC", name.casefold())
    return " ".join(name.split())


_MARKS = re.compile("[\u0300-\u036f]")  # accents of Latin, Greek and Cyrillic; other scripts' marks are letters
# After folding case: "HoIIow" is read as "hollow". Of letters beyond ASCII the dotless i, the script g, the o with a
# stroke, the kra and the double o.
_ALIKE = str.maketrans(
    {"0": "o", "i": "l", "1": "l", "\u0131": "l", "\u0261": "g", "\u00f8": "o", "\u0138": "k", "\ua74f": "oo"}
)


def name_key(name: str) -> str:
    """By which a name is found at sign-in, and no two are alike: also without regard to spaces, hyphens, accents and to
    letters that look the same, so that nobody can pass for somebody else. Refuses nothing.
    """
    plain = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", normalise_name(name))))
    run = re.sub(r"[\s\-]", "", plain).translate(_ALIKE)
    return run.replace("rn", "m").replace("vv", "w")


def clean_pseudonym(name: str, *, is_of_team: bool = False) -> str:
    """The name as others will see it. Raises `NameRevealing` or `NameUnsuitable`; what it returns needs no other check
    but whether it is taken. `is_of_team`: only such an account may be named for what it is.
    """
    refuse_revealing_name(name)
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    if not MIN_LENGTH <= len(name) <= MAX_LENGTH:
        raise NameUnsuitable(
            format_lazy(_("Please use between {least} and {most} characters."), least=MIN_LENGTH, most=MAX_LENGTH)
        )
    if not _is_well_formed(name):
        raise NameUnsuitable(_("Please use letters, digits, spaces and hyphens, and begin with a letter."))
    if len({_script(char) for char in name if char.isalpha()}) > 1:
        raise NameUnsuitable(_("Please use letters of one alphabet, so that nobody can pass for somebody else."))
    if _is_hurtful(name):
        raise NameUnsuitable(_("This name could hurt somebody here. Please choose another."))
    if not is_of_team and _sounds_official(name):
        raise NameUnsuitable(_("This name already means something else here. Please choose another."))
    return name


# --- what a name gives away ----------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    return text.split()


_CONTACT = re.compile(
    r"@|://|[^\W_]\.[^\W_]"
    r"|[(\[]\s*(?:at|dot)\s*[)\]]"
    r"|\bat\b.*\bdot\b"
    r"|\bdot[\s-]*(?:com|net|org|info|co|me|io|uk|ie|us|ca|au|nz|za|in|de|at|ch|fr|es|it|nl|be|pt|eu)\b"
    r"|\b(?:www|https?|e-?mail|yahoo|insta|twitter|telegram|discord|skype|reddit)\b"
    r"|gmail|googlemail|hotmail|icloud|protonmail|instagram|facebook|snapchat|tiktok|whatsapp|youtube|onlyfans"
)
_DIGIT_WORDS = {
    word: str(digit) for digit, word in enumerate(_words("zero one two three four five six seven eight nine"))
}
_DIGIT_WORD = re.compile(rf"\b(?:{'|'.join(_DIGIT_WORDS)})\b")
_DIGITS = re.compile(r"\d(?:[\W_]*\d)*")  # with whatever stands between them that is no letter
_EARLIEST_BIRTH = 1920
_TENS = "ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_YEAR_IN_WORDS = re.compile(
    rf"\bnineteen[\s-]*(?:{_TENS})|\btwenty[\s-]*(?:ten|eleven|twelve|twenty)|\btwo[\s-]*thousand"
)


def refuse_revealing_name(name: str) -> None:
    """Raises `NameRevealing` for what looks like an address, a number to call, a handle elsewhere, a year of birth, or
    somebody's full name.

    Two digits on their own are refused wherever they stand: they are a year of birth or an age more often than
    anything else, and "7" or "700" does as well for telling two Willows apart.
    """
    # Hidden characters would split what is looked for; longer names are refused for their length.
    shown = "".join(char for char in name[: 5 * MAX_LENGTH] if unicodedata.category(char) != "Cf")
    plain = normalise_name(shown)
    if _CONTACT.search(plain):
        raise NameRevealing(
            _("This looks like an address or a name you use elsewhere. Please choose one only for here.")
        )
    spelt = _DIGIT_WORD.sub(lambda word: _DIGIT_WORDS[word[0]], plain)
    if any(_digit_count(run) >= 5 for run in _DIGITS.findall(spelt)):
        raise NameRevealing(
            _("This looks like a telephone number. Please leave it out, so that nobody can trace you by it.")
        )
    if _YEAR_IN_WORDS.search(plain):
        raise NameRevealing(_("This number could be a year of birth or an age. Please leave it out, or use another."))
    for run in [*_DIGITS.findall(plain), *_DIGITS.findall(spelt), *re.findall(r"\d+", plain)]:
        digits = "".join(char for char in run if char.isdecimal())
        if len(digits) == 2 or (len(digits) == 4 and _EARLIEST_BIRTH <= int(digits) <= datetime.now(UTC).year):
            raise NameRevealing(
                _("This number could be a year of birth or an age. Please leave it out, or use another.")
            )
    if looks_like_full_name(shown, offered=offered_words()):
        raise NameRevealing(
            _("This looks like somebody's full name. Please choose words that have nothing to do with you.")
        )


def _digit_count(run: str) -> int:
    return sum(map(str.isdecimal, run))


# --- what a name does to others ------------------------------------------------------------------------------------

# Words that somebody here has been called. With a star: a part of other words too (Scunthorpe), so only as a whole.
_HURTFUL = _words(
    """slut whore* cunt* bitch* nigger nigga faggot fag* dyke* tranny* kike* spic* chink* paki* retard* rapist* rape*
    pussy* hoe* skank* slag* twat* wanker putain* salope connasse pute* encule puta* zorra* maricon* furcia schlampe
    hure* fotze nutte* hurensohn neger* kanake* schwuchtel"""
)


def _is_hurtful(name: str) -> bool:
    plain = _MARKS.sub("", unicodedata.normalize("NFD", normalise_name(name))).translate(_LOOKALIKE_DIGITS)
    words = re.split(r"[ -]", plain)
    run_together = "".join(words)
    whole = {*words, run_together}
    return any(word.rstrip("*") in whole or (not word.endswith("*") and word in run_together) for word in _HURTFUL)


# --- who a name could pass for -------------------------------------------------------------------------------------

_RESERVED = _words(
    """admin admins administrator administration moderator moderators mod mods moderation hearth staff team system
    official support helper helpline helpdesk hotline crisis police security sysadmin superuser webmaster postmaster
    owner operator founder verified counsellor counselor therapist psychologist psychiatrist doctor lawyer solicitor
    advocate bot anonymous anon guest member deleted erased withdrawn removed banned suspended unknown null none
    undefined you"""
)
# Also refused with something written before or after, as in "TheModerator" or "hearthteam".
_RESERVED_RUN_TOGETHER = ("admin", "moderator", "moderation", "hearth", "helpline", "hotline")
_LOOKALIKE_DIGITS = str.maketrans("013457", "oieast")


def _sounds_official(name: str) -> bool:
    plain = normalise_name(name)
    for spelling in (plain, plain.translate(_LOOKALIKE_DIGITS), plain.translate(_LOOKALIKE_DIGITS | {ord("1"): "l"})):
        words = re.split(r"[ -]", spelling)
        run_together = "".join(words)
        if not set(_RESERVED).isdisjoint([*words, *(word.rstrip("0123456789") for word in words), run_together]):
            return True
        if run_together.startswith(_RESERVED_RUN_TOGETHER) or run_together.endswith(_RESERVED_RUN_TOGETHER):
            return True
    return False


# Letters and marks that show nothing: joiners, fillers, variation selectors.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def _is_well_formed(name: str) -> bool:
    """Letters, their marks (two at most on one letter), digits, and single spaces or hyphens between them."""
    if _UNSEEN.search(name):
        return False
    marks = 0
    before = " "
    for char in name:
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Mc"} else 0
        if char in " -":
            if before in " -":
                return False
        elif marks:
            if marks > 2 or not (before.isalpha() or marks > 1):
                return False
        elif category == "Nd":
            if not _digit_fits(char, name):
                return False
        elif category not in {"Lu", "Ll", "Lt", "Lo", "Lm"} or _script(char) == "MODIFIER":
            return False
        before = char
    return name[0].isalpha() and before not in " -"


def _digit_fits(digit: str, name: str) -> bool:
    return digit.isascii() or _script(name[0]) in unicodedata.name(digit, "")


# Scripts that are written in one word together.
_ONE_SCRIPT = {
    "HIRAGANA": "CJK",
    "KATAKANA": "CJK",
    "KATAKANA-HIRAGANA": "CJK",
    "IDEOGRAPHIC": "CJK",
    "BOPOMOFO": "CJK",
}


def _script(char: str) -> str:
    """The script as the character's own name tells it; Python has no table of scripts."""
    first = unicodedata.name(char, "UNNAMED").split()[0]
    return _ONE_SCRIPT.get(first, first)
