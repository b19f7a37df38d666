"""What two people look at together: asking, approving, looking. One page, no rows to edit."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError, Invalid, NotFound
from common.forms import FreeTextField
from common.public_id import ALPHABET, LENGTH
from forum.queries import post_at_desk
from moderation import queries
from moderation.admin.desk import OnePage, moderator_of
from moderation.admin.refusing import CHOOSE_ONE, form_page, point_at
from moderation.models import Access, AccessRequest
from moderation.policies import is_lead
from moderation.services.two_people import MAX_REASON_CHARS, REASON_MISSING, approve_look, ask_for_look, look

if TYPE_CHECKING:
    from forum.models import Post

PAGE = "admin:moderation_accessrequest_changelist"
_PUBLIC_ID = re.compile(f"(?<![{ALPHABET}])[{ALPHABET}]{{{LENGTH}}}(?![{ALPHABET}])")

NO_SUCH_POST = _("There is no post with this address. Copy it from the page of the post.")


class PostField(forms.CharField):
    """A post by its address, or by what stands of it there."""

    def clean(self, value: Any) -> Post:
        found = _PUBLIC_ID.findall(super().clean(value))
        for public_id in found:
            try:
                return post_at_desk(public_id)
            except NotFound:
                continue
        raise forms.ValidationError(NO_SUCH_POST)


class AskForm(forms.Form):
    post = PostField(label=_("The address of the post"), max_length=200, error_messages={"required": NO_SUCH_POST})
    access = forms.ChoiceField(
        label=_("What to look at"), choices=Access, widget=forms.RadioSelect, error_messages=CHOOSE_ONE
    )
    reason = FreeTextField(
        label=_("Why"),
        help_text=_("For whoever approves it. Whoever wrote the post reads it too, unless you say below why not."),
        max_length=MAX_REASON_CHARS,
        rows=3,
        error_messages={"required": REASON_MISSING},
    )
    quiet_because = FreeTextField(
        label=_("Why its author is not told that their account was looked up"),
        help_text=_("Leave it empty: then they read it with their post. What its author erased needs a reason here."),
        required=False,
        max_length=MAX_REASON_CHARS,
        rows=2,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.UNMASKING_DAYS:  # what is off is not offered; a form from before is told so
            offered = [choice for choice in Access.choices if choice[0] != Access.UNMASKING]
            self.fields["access"].widget.choices = offered
            self.fields["access"].initial = Access.EVIDENCE


@admin.register(AccessRequest)
class AccessRequestAdmin(OnePage):
    def page(self, request: HttpRequest) -> HttpResponse:
        do = request.POST.get("do", "")
        form = AskForm(request.POST if do == "ask" else None, initial={"post": request.GET.get("post", "")})
        deeds: dict[str, Callable[[HttpRequest], HttpResponse]] = {"approve": self._approve, "look": self._look}
        try:
            if deed := deeds.get(do):
                return deed(request)
            if form.is_valid():
                ask_for_look(actor=moderator_of(request), **form.cleaned_data)
                messages.success(request, _("Asked. Somebody else can approve it within a day. It stands in the log."))
                return redirect(PAGE)
        except Invalid as error:
            point_at(form, error)
        except HearthError as error:
            if do != "ask":
                messages.error(request, str(error.text))
                return redirect(PAGE)
            form.add_error(None, str(error.text))
        return self._shown(request, form=form)

    def _approve(self, request: HttpRequest) -> HttpResponse:
        asked = queries.look_with(request.POST.get("look", ""))
        approve_look(asked, actor=moderator_of(request))
        messages.success(request, _("Approved. Whoever asked has an hour to look, once."))
        return redirect(PAGE)

    def _look(self, request: HttpRequest) -> HttpResponse:
        """The answer to this one sending, not a page to come back to."""
        seen = look(queries.look_with(request.POST.get("look", "")), actor=moderator_of(request))
        context = {**self.frame(request, _("One look")), "seen": seen}
        return TemplateResponse(request, "admin/moderation/looked.html", context)

    def _shown(self, request: HttpRequest, *, form: AskForm) -> HttpResponse:
        moderator = moderator_of(request)
        context = {
            **self.frame(request, _("Looks of two people")),
            "form": form,
            "is_lead": is_lead(moderator),
            "days": settings.UNMASKING_DAYS,
            "rows": [(asked, asked.asked_by_id == moderator.pk) for asked in queries.looks(moderator)],
        }
        return form_page(request, "admin/moderation/two_people.html", context, form)
