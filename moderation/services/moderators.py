"""Moderators: the group that holds what the desk needs, and the first of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.pseudonyms import name_key
from common.errors import Conflict
from moderation.policies import LEAD

GROUP = "Moderators"
LEADS = "Leads"
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


@transaction.atomic
def create_moderator(username: str, *, is_lead: bool = False) -> tuple[User, str]:
    """The account and its random password (96 bits), which is stored only as a hash: tell it once."""
    if User.objects.filter(username=name_key(username)).exists():
        raise NameTaken
    # The name may say "moderator": it is the one thing that nobody else can call themselves.
    password = secrets.token_urlsafe(12)
    moderator = User.objects.create_user(username, password, is_staff=True, pseudonym=username)
    moderator.groups.add(moderators())
    if is_lead:
        moderator.groups.add(leads())
    return moderator, password


def create_first_moderator() -> tuple[str, str] | None:
    """Name and password, or None where somebody may open the desk already."""
    if User.objects.filter(is_staff=True).exists():
        return None
    moderator, password = create_moderator("moderator", is_lead=True)
    return moderator.pseudonym, password


def moderators() -> Group:
    """The group, with exactly the permissions above."""
    return _group(GROUP, PERMISSIONS)


def leads() -> Group:
    """Those among them who decide what others pass on: what a lead may more."""
    return _group(LEADS, (LEAD,))


def _group(name: str, permissions: Iterable[str]) -> Group:
    group, _is_new = Group.objects.get_or_create(name=name)
    group.permissions.set(
        Permission.objects.get(content_type__app_label=app, codename=codename)
        for app, codename in (permission.split(".") for permission in permissions)
    )
    return group
