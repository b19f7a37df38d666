"""What a visit keeps for accounts' doors. The session is sealed, and ends with the browser."""

from __future__ import annotations

from django.contrib.sessions.backends.base import SessionBase

_WORDS = "recovery_words"


def keep_words_to_show(session: SessionBase, words: str, *, way_on: str = "") -> None:
    """Until somebody says that they have them: a page that is loaded again must not lose them."""
    session[_WORDS] = [words, way_on]


def words_to_show(session: SessionBase) -> tuple[str, str]:
    words, way_on = session.get(_WORDS, ("", ""))
    return words, way_on


def forget_shown_words(session: SessionBase) -> str:
    """Returns where somebody was on the way to."""
    _words, way_on = session.pop(_WORDS, ("", ""))
    return str(way_on)
