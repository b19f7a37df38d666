"""Names of countries, and which one a browser hints at. Nobody's address is ever looked at (safety.md M4)."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

INTERNATIONAL = "ZZ"  # CLDR's code for "no country": services that answer people from anywhere

# The countries of the shipped directory. Another country needs its name here, or its code is shown instead.
COUNTRY_NAMES: dict[str, _StrPromise] = {
    "AE": _("United Arab Emirates"),
    "AR": _("Argentina"),
    "AT": _("Austria"),
    "AU": _("Australia"),
    "BD": _("Bangladesh"),
    "BE": _("Belgium"),
    "BR": _("Brazil"),
    "CA": _("Canada"),
    "CH": _("Switzerland"),
    "CL": _("Chile"),
    "CO": _("Colombia"),
    "CZ": _("Czechia"),
    "DE": _("Germany"),
    "DK": _("Denmark"),
    "EG": _("Egypt"),
    "ES": _("Spain"),
    "FI": _("Finland"),
    "FR": _("France"),
    "GB": _("United Kingdom"),
    "GR": _("Greece"),
    "HK": _("Hong Kong"),
    "ID": _("Indonesia"),
    "IE": _("Ireland"),
    "IL": _("Israel"),
    "IN": _("India"),
    "IT": _("Italy"),
    "JP": _("Japan"),
    "KE": _("Kenya"),
    "KR": _("South Korea"),
    "LK": _("Sri Lanka"),
    "MA": _("Morocco"),
    "MX": _("Mexico"),
    "MY": _("Malaysia"),
    "NG": _("Nigeria"),
    "NL": _("Netherlands"),
    "NO": _("Norway"),
    "NZ": _("New Zealand"),
    "PE": _("Peru"),
    "PH": _("Philippines"),
    "PK": _("Pakistan"),
    "PL": _("Poland"),
    "PT": _("Portugal"),
    "RO": _("Romania"),
    "SE": _("Sweden"),
    "SG": _("Singapore"),
    "TH": _("Thailand"),
    "TR": _("Turkey"),
    "TW": _("Taiwan"),
    "UA": _("Ukraine"),
    "US": _("United States"),
    "ZA": _("South Africa"),
}

# ISO 3166-1 alpha-2, so that a typing error is told from a country that is merely new to us.
COUNTRY_CODES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO
    JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR
    MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO
    RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV
    TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()
)


def country_name(code: str) -> str:
    if code == INTERNATIONAL:
        return str(_("Every country"))
    return str(COUNTRY_NAMES.get(code, code))


def in_order(countries: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Codes and names, by name, with É as E and Ä as A, as every language here sorts them in a list."""
    return sorted(countries, key=lambda pair: (_letters(pair[1]), pair[1]))


def _letters(name: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", name) if not unicodedata.combining(each)).casefold()


def offered_country(accept_language: str, *, among: Container[str] = COUNTRY_NAMES) -> str | None:
    """The region of the most wanted language tag, if it names one of `among`: "es-MX" is a hint, "es" is none.

    A hint to ask about, never to act on. Of that tag only: a German browser says "de,en-US;q=0.7", and its second
    language says nothing about where somebody is.
    """
    wanted = parse_accept_lang_header(accept_language)[:1]
    return next((_region(tag) for tag, weight in wanted if weight > 0 and _region(tag) in among), None)


def _region(tag: str) -> str:
    """zh-hant-tw → TW; es-419 and en-u-rg-gbzzzz → nothing (RFC 5646: what follows a single letter is no region)."""
    for part in tag.split("-")[1:]:
        if len(part) == 1:
            break
        if len(part) == 2 and part.isalpha():
            return part.upper()
    return ""
