"""Who works at the desk: given and taken by whoever runs the site, who has the machine and needs no account here.

So an entry of the log about it stands under the name of whom it is about, and says that the operator did it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import is_name_taken
from accounts.pseudonyms import clean_pseudonym, name_key
from accounts.second_factors import remove_second_factors
from accounts.services.recovery import keep_second_factor
from accounts.services.visits import end_every_visit
from common.errors import Conflict, NotFound
from moderation import audit
from moderation.models import AuditEntry
from moderation.policies import DECIDE, LEAD
from moderation.services.claims import release_all

GROUP = "Moderators"
LEADS = "Leads"
FIRST = "moderator"
GIVEN, TAKEN = "desk_given", "desk_taken"  # in the log
PERMISSIONS = (
    "forum.see_every_post",
    "forum.view_category",
    "forum.add_category",
    "forum.change_category",
    "forum.view_thread",
    "forum.change_thread",
    "forum.view_houserules",
    "forum.add_houserules",
    "forum.view_notice",
    "forum.add_notice",
    "forum.change_notice",
    "forum.delete_notice",
    "forum.view_contentnote",
    "forum.add_contentnote",
    "forum.change_contentnote",
    "crisis.view_pin",
    "crisis.add_pin",
    "crisis.change_pin",
    "crisis.delete_pin",
    "crisis.view_resource",
    "crisis.change_resource",
    "moderation.view_case",
    "moderation.change_case",
    "moderation.view_decision",
    "moderation.view_auditentry",
)


class NameTaken(Conflict):
    code = "name-taken"
    message = _("Somebody has this name already. Choose another.")


class NameOfAMember(Conflict):
    code = "name-of-a-member"
    message = _(
        "A member has this name, or one that looks like it: say --existing if the desk is for them, or choose another."
    )


class NoSuchAccount(NotFound):
    code = "no-such-account"
    message = _("Nobody here has this name.")


class NotAtTheDesk(Conflict):
    code = "not-at-the-desk"
    message = _("This account is a member's and has nothing of the desk.")


class LeavesNobody(Conflict):
    code = "leaves-nobody"
    message = _("Nobody would be left at the desk: make another moderator first, or say --leaves-nobody.")


def account_named(name: str) -> User:
    """Under any spelling that signs in. Raises NoSuchAccount, also for one that was closed."""
    account = User.objects.filter(username=name_key(name), is_active=True).first()
    if account is None:
        raise NoSuchAccount
    return account


@transaction.atomic
def create_moderator(name: str, *, is_lead: bool = False) -> tuple[User, str]:
    """The account and its random password (96 bits), which is stored only as a hash: tell it once.

    Raises NameTaken, and what sign-up refuses a name with; but this one may say "moderator".
    """
    name = clean_pseudonym(name, is_of_team=True)
    if is_name_taken(name):
        raise NameTaken
    password = secrets.token_urlsafe(12)
    moderator = User.objects.create_user(name, password, pseudonym=name)
    _give(moderator, is_lead=is_lead)
    return moderator, password


@transaction.atomic
def give_desk(name: str, *, is_lead: bool, to_member: bool) -> tuple[User, bool]:
    """To an account that is there and keeps its password; and whether that changed anything. Who leads goes on leading.

    Every visit of it ends: whoever holds a phone on which a member was signed in has no desk by that. `to_member`: also
    to one that has nothing of the desk. Not unasked: whoever guesses how a moderator will be named can sign up under
    that name first. Raises NoSuchAccount, NameOfAMember.
    """
    account = account_named(name)
    if not (to_member or is_at_the_desk(account)):
        raise NameOfAMember
    held = {group.name for group in account.groups.all()}
    if account.is_staff and held >= {GROUP, *([LEADS] if is_lead else [])}:
        return account, False
    _give(account, is_lead=is_lead)
    end_every_visit(account)
    return account, True


def _give(account: User, *, is_lead: bool) -> None:
    account.is_staff = True
    account.save(update_fields=["is_staff"])
    account.groups.add(moderators(), *([leads()] if is_lead else []))
    audit.append(GIVEN, moderator=account, by="operator", lead=is_lead)


@transaction.atomic
def remove_moderator(name: str, *, may_leave_nobody: bool = False) -> User:
    """At once: what they may, what they had in hand and every visit of theirs end. A member stays, with their words.

    Raises NoSuchAccount, NotAtTheDesk, LeavesNobody.
    """
    account = _locked_at_the_desk(name)
    if not may_leave_nobody and not _others_who_decide(account):
        raise LeavesNobody
    account.is_staff = account.is_superuser = False
    account.save(update_fields=["is_staff", "is_superuser"])
    account.groups.clear()
    account.user_permissions.clear()
    _let_go(account)
    audit.append(TAKEN, moderator=account, by="operator")
    return account


@transaction.atomic
def reset_second_step(name: str) -> User:
    """Of somebody at the desk who lost it: a password alone signs them in, and a new one opens the desk.

    Of nobody else: whoever runs the site knows their team, and no member (docs/decisions/0005-recovery.md).
    Raises NoSuchAccount, NotAtTheDesk.
    """
    account = _locked_at_the_desk(name)
    remove_second_factors(account)
    keep_second_factor(account)  # or what the recovery words asked for would take the new one away, too
    _let_go(account)
    audit.append("second_step_reset", moderator=account, by="operator")
    return account


def is_at_the_desk(account: User) -> bool:
    """In whatever way: a superuser by Django's own command, too."""
    return account.is_staff or account.is_superuser or account.groups.exists()


def has_moderator() -> bool:
    return _is_held(DECIDE)


def has_lead() -> bool:
    """Whether anybody decides what others pass on."""
    return _is_held(LEAD)


def _locked_at_the_desk(name: str) -> User:
    """With all of the team, so that two who are removed at once do not leave nobody."""
    account = account_named(name)
    team = User.objects.select_for_update(no_key=True).filter(Q(is_staff=True) | Q(pk=account.pk)).order_by("pk")
    account = next(each for each in team if each.pk == account.pk)
    if not is_at_the_desk(account):
        raise NotAtTheDesk
    return account


def _others_who_decide(account: User) -> bool:
    """Second step or not: whoever has none yet sets one up."""
    return _is_held(DECIDE, besides=account)


def _is_held(permission: str, *, besides: User | None = None) -> bool:
    team = User.objects.filter(is_staff=True, is_active=True)
    return any(each.has_perm(permission) for each in team if each != besides)


def _let_go(account: User) -> None:
    release_all(account)
    end_every_visit(account)


def create_first_moderator() -> tuple[str, str] | None:
    """Name and password, or None where there is or was somebody: whoever let them all go makes the next by name."""
    was_somebody = AuditEntry.objects.filter(event__in=[GIVEN, TAKEN]).exists()
    if was_somebody or User.objects.filter(is_staff=True).exists() or is_name_taken(FIRST):
        return None
    moderator, password = create_moderator(FIRST, is_lead=True)
    return moderator.pseudonym, password


def moderators() -> Group:
    """The group, with exactly the permissions above."""
    return _group(GROUP, PERMISSIONS)


def leads() -> Group:
    """Those among them who decide what others pass on: what a lead may more."""
    return _group(LEADS, (LEAD,))


def _group(name: str, permissions: Collection[str]) -> Group:
    group, _is_new = Group.objects.get_or_create(name=name)
    alike = Permission.objects.filter(codename__in=[permission.partition(".")[2] for permission in permissions])
    known = {f"{each.content_type.app_label}.{each.codename}": each for each in alike.select_related("content_type")}
    group.permissions.set(known[permission] for permission in permissions)
    return group
