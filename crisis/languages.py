"""Names of the languages that services say they speak (BCP 47 tags, as far as the directory uses them)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LANGUAGE_NAMES: dict[str, _StrPromise] = {
    "am": _("Amharic"),
    "ar": _("Arabic"),
    "ay": _("Aymara"),
    "bal": _("Balochi"),
    "bn": _("Bengali"),
    "ca": _("Catalan"),
    "cr": _("Cree"),
    "cs": _("Czech"),
    "cy": _("Welsh"),
    "da": _("Danish"),
    "de": _("German"),
    "el": _("Greek"),
    "en": _("English"),
    "es": _("Spanish"),
    "eu": _("Basque"),
    "fa": _("Persian"),
    "fi": _("Finnish"),
    "fil": _("Filipino"),
    "fr": _("French"),
    "gl": _("Galician"),
    "gu": _("Gujarati"),
    "ha": _("Hausa"),
    "he": _("Hebrew"),
    "hi": _("Hindi"),
    "id": _("Indonesian"),
    "it": _("Italian"),
    "iu": _("Inuktitut"),
    "ja": _("Japanese"),
    "km": _("Khmer"),
    "kn": _("Kannada"),
    "ko": _("Korean"),
    "lo": _("Lao"),
    "mi": _("Māori"),
    "ml": _("Malayalam"),
    "mn": _("Mongolian"),
    "mr": _("Marathi"),
    "ms": _("Malay"),
    "ne": _("Nepali"),
    "nl": _("Dutch"),
    "no": _("Norwegian"),
    "nzs": _("New Zealand Sign Language"),
    "oj": _("Ojibwe"),
    "pa": _("Punjabi"),
    "pl": _("Polish"),
    "ps": _("Pashto"),
    "pt": _("Portuguese"),
    "qu": _("Quechua"),
    "ro": _("Romanian"),
    "ru": _("Russian"),
    "sd": _("Sindhi"),
    "si": _("Sinhala"),
    "skr": _("Saraiki"),
    "sq": _("Albanian"),
    "sv": _("Swedish"),
    "sw": _("Swahili"),
    "ta": _("Tamil"),
    "te": _("Telugu"),
    "th": _("Thai"),
    "tl": _("Tagalog"),
    "tr": _("Turkish"),
    "uk": _("Ukrainian"),
    "ur": _("Urdu"),
    "uz": _("Uzbek"),
    "vi": _("Vietnamese"),
    "zh": _("Chinese"),
    "zh-HK": _("Cantonese"),
    "zh-TW": _("Mandarin (Taiwan)"),
}


def language_names(tags: Iterable[str]) -> list[str]:
    """A region without a name of its own ("es-MX") goes by its language. A tag unknown here is left out."""
    names = (LANGUAGE_NAMES.get(tag) or LANGUAGE_NAMES.get(tag.partition("-")[0]) for tag in tags)
    return [str(name) for name in names if name]
