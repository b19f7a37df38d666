"""How many wrong passwords are heard before one has to wait, so that a stranger's guesses lock nobody out (A4).

Wrong ones are counted for each network, and for each network at each name. No network's guesses count against another
one's, so whoever knows the password gets in from a network of their own while others guess, however many they are.
When a name is guessed at from everywhere, each network is left with few tries at it: guessing with n networks gets at
most 3n tries in a quarter of an hour.

A name that does not exist is counted like one that does. All is counted before the password is looked at, so that 40 at
once are not heard either, and given back when it was right.
"""

from __future__ import annotations

from contextlib import suppress

from common.errors import TooMany
from common.rate_limits import Limit, count, give_back, is_used_up

FROM_A_NETWORK = Limit("guesses", quota=10, window=60)
AT_A_NAME = Limit("guesses-at-a-name", quota=5, window=5 * 60)
FLOOD = Limit("guesses-flood", quota=30, window=60 * 60)  # at one name, from all networks together
AT_A_NAME_IN_A_FLOOD = Limit("guesses-in-a-flood", quota=3, window=15 * 60)


class Guess:
    """One try to sign in. Raises TooMany where it is not to be heard."""

    def __init__(self, name: str, network: str) -> None:
        self._name = name
        at_name = f"{network}\0{name}"
        limits = [(FROM_A_NETWORK, network), (AT_A_NAME, at_name), (AT_A_NAME_IN_A_FLOOD, at_name)]
        self._counted: list[tuple[Limit, str]] = []
        for limit, who in limits if is_used_up(FLOOD, name) else limits[:2]:
            count(limit, who)
            self._counted.append((limit, who))

    def was_right(self) -> None:
        for limit, who in self._counted:
            give_back(limit, who)

    def was_wrong(self) -> None:
        with suppress(TooMany):  # a flood is no reason to refuse anybody by itself
            count(FLOOD, self._name)
