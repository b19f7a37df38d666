"""After a visit that ended while somebody typed: signed in again they find their form (config/admin_site.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.utils.translation import gettext_lazy as _

from forum.visit import take_form

if TYPE_CHECKING:
    from django.forms.forms import BaseForm
    from django.http import HttpRequest, QueryDict


def typed_before_sign_in(request: HttpRequest) -> QueryDict | None:
    """Of a form of this page; which one it was, its fields say."""
    before = take_form(request)
    if before:
        messages.info(request, _("Your visit had ended, and nothing was sent. Here is what you had typed."))
    return before


def show_as_typed(form: BaseForm) -> None:
    """Nothing is refused: what is missing is said when it is sent."""
    vars(form)["_errors"] = {}
