"""Recovery words: the way back into an account whose password is lost. There is no other, as no address is kept.

Six words of 2,048 are 66 bits. Through the limits below that is out of reach of guessing, and so it is for whoever
copies the database: what is stored is Argon2, at tens of milliseconds a guess some 10^11 years on one processor.
That is also why a flood of wrong words needs no lock: the right ones are always heard.
"""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.archive_key import make_archive_key
from accounts.identity import identity_of
from accounts.models import RecoveryWords, User
from accounts.pseudonyms import name_key
from accounts.second_factors import has_second_factor, is_right_code, remove_second_factors
from common.days import today
from common.errors import Conflict, Invalid, NotAllowed
from common.memorable import new_code, normalise_code
from common.rate_limits import Limit, count

FROM_A_NETWORK = Limit("recovery", quota=10, window=15 * 60)
WRONG_AT_A_NAME = Limit("recovery-at-a-name", quota=20, window=60 * 60)
WAIT = dt.timedelta(days=3)  # long enough for the owner to sign in and see it, short enough to be waited for


class RecoveryRefused(Invalid):
    code = "recovery-refused"
    message = _("This name and these words do not belong together. Please compare both with what you wrote down.")


class PasswordUnsuitable(Invalid):
    code = "password-unsuitable"
    message = _("Please choose another password.")


class SecondFactorNeeded(NotAllowed):
    code = "second-factor-needed"
    message = _("This account has a second step. Please give a code for it as well, or say that you have lost it.")


class SecondFactorWaits(Conflict):
    code = "second-factor-waits"
    message = _(
        "The second step can be taken away three days from now: come back with the same words then. Nothing has "
        "changed yet. If you still know your password, give it again as the new one, and there is no wait."
    )


@transaction.atomic
def renew_recovery_words(member: User, *, actor: User) -> str:
    """New words; the old ones open nothing from now on. Told once: only their hash stays."""
    if actor != member:
        raise NotAllowed
    return _new_words(member)


def has_recovery_words(member: User) -> bool:
    return RecoveryWords.objects.filter(member=member).exists()


def recover_account(
    name: str, *, words: str, new_password: str, network: str, code: str = "", is_second_factor_lost: bool = False
) -> tuple[User, str]:
    """Sets a new password, ends every visit, and gives new words. Whoever holds the words is the actor.

    Everything that can be said without looking at the account is said first; then one hash is made, whether there is
    such an account or not, and one answer given for whatever does not fit. Words alone take no second step away
    (docs/decisions/0005-recovery.md). Raises TooMany for a network that tried often, and instead of the refusal where a
    name was tried often: the right words of the owner are heard all the same.
    """
    count(FROM_A_NETWORK, network)
    words = normalise_code(words, field="words")
    check_new_password(new_password, of_name=name)
    held = RecoveryWords.objects.filter(member__username=name_key(name), member__is_active=True).first()
    if held is None or not check_password(words, held.digest):
        if held is None:
            make_password(words)
        count(WRONG_AT_A_NAME, name_key(name))
        raise RecoveryRefused
    with transaction.atomic():
        # Again, under a lock: the same words may have just been used, or replaced.
        held = RecoveryWords.objects.select_for_update().filter(pk=held.pk, digest=held.digest).first()
        if held is None:
            raise RecoveryRefused
        is_waiting = _settle_second_factor(held, code, new_password, is_lost=is_second_factor_lost)
        if not is_waiting:
            held.member.set_password(new_password)  # which ends every visit: each holds a mark of the password
            held.member.save(update_fields=["password"])
            return held.member, _new_words(held.member)
    raise SecondFactorWaits  # outside the transaction, which keeps the day


def second_factor_ends(member: User) -> dt.date | None:
    """The day from which the words alone take the second step away, if somebody asked for that."""
    return RecoveryWords.objects.filter(member=member).values_list("second_factor_ends_on", flat=True).first()


def keep_second_factor(member: User) -> bool:
    """Whoever shows the second step has not lost it: nothing waits any more. True if something did."""
    waiting = RecoveryWords.objects.filter(member=member, second_factor_ends_on__isnull=False)
    return bool(waiting.update(second_factor_ends_on=None))


def _settle_second_factor(held: RecoveryWords, code: str, password: str, *, is_lost: bool) -> bool:
    """True if it stands in the way until a later day."""
    if not has_second_factor(held.member):
        return False
    if not is_lost:
        if not code:
            raise SecondFactorNeeded
        if not is_right_code(held.member, code):
            raise Invalid(fields={"code": [_("This code is not right, or it was used before.")]})
        return False
    knows_password = held.member.check_password(password)
    if not knows_password and held.second_factor_ends_on is None:
        held.second_factor_ends_on = today() + WAIT
        held.save(update_fields=["second_factor_ends_on"])
    if not knows_password and held.second_factor_ends_on is not None and today() < held.second_factor_ends_on:
        return True
    remove_second_factors(held.member)
    return False


def _new_words(member: User) -> str:
    words = new_code()
    RecoveryWords.objects.update_or_create(
        member=member, defaults={"digest": make_password(words), "second_factor_ends_on": None}
    )
    make_archive_key(identity_of(member), words)
    return words


def check_new_password(password: str, *, of_name: str) -> None:
    """Raises PasswordUnsuitable. Asked before anything is looked up: it says nothing of whether the name is here."""
    try:
        validate_password(password, User(username=name_key(of_name), pseudonym=of_name))
    except ValidationError as error:
        raise PasswordUnsuitable(fields={"new_password": error.messages}) from error
