"""Holds: placing one, sealing evidence away, ending one. One page, no rows to edit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError, Invalid
from common.forms import FreeTextField
from moderation import queries
from moderation.admin.desk import OnePage, moderator_of
from moderation.admin.refusing import CHOOSE_ONE, form_page, point_at
from moderation.admin.two_people import NO_SUCH_POST, PostField
from moderation.models import Hold, HoldKind
from moderation.policies import is_lead
from moderation.services.holds import MAX_REASON_CHARS, REASON_MISSING, end_hold, place_hold, seal_evidence
from moderation.services.retention import retention_report

PAGE = "admin:moderation_hold_changelist"


class HoldForm(forms.Form):
    post = PostField(label=_("The address of the post"), max_length=200, error_messages={"required": NO_SUCH_POST})
    kind = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (HoldKind.LEGAL, _("keep a sealed copy until a day; nothing changes for whoever reads or wrote it")),
            (
                HoldKind.EVIDENCE,
                _("seal away for a year what was hidden; nobody sees it from now on, you and its author included"),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages=CHOOSE_ONE,
    )
    reason = FreeTextField(
        label=_("Why"),
        help_text=_("For the leads after you."),
        max_length=MAX_REASON_CHARS,
        rows=3,
        error_messages={"required": REASON_MISSING},
    )
    until = forms.DateField(
        label=_("Until"),
        help_text=_("Of a copy that is kept until a day."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


@admin.register(Hold)
class HoldAdmin(OnePage):
    def page(self, request: HttpRequest) -> HttpResponse:
        is_new = request.POST.get("do") == "place"
        form = HoldForm(request.POST if is_new else None, initial={"post": request.GET.get("post", "")})
        try:
            if request.POST.get("do") == "end":
                end_hold(queries.hold_with(request.POST.get("hold", "")), actor=moderator_of(request))
                messages.success(request, _("It is over. It stands in the log."))
                return redirect(PAGE)
            if form.is_valid():
                self._place(request, form.cleaned_data)
                messages.success(request, _("It is kept. It stands in the log."))
                return redirect(PAGE)
        except Invalid as error:
            point_at(form, error)
        except HearthError as error:
            if not is_new:
                messages.error(request, str(error.text))
                return redirect(PAGE)
            form.add_error(None, str(error.text))
        context = {
            **self.frame(request, _("What is kept for a duty")),
            "form": form,
            "is_lead": is_lead(moderator_of(request)),
            "holds": queries.holds(moderator_of(request)),
            "forgotten": retention_report(),
        }
        return form_page(request, "admin/moderation/holds.html", context, form)

    def _place(self, request: HttpRequest, said: dict[str, Any]) -> None:
        actor = moderator_of(request)
        if said["kind"] == HoldKind.EVIDENCE:
            seal_evidence(said["post"], actor=actor, reason=said["reason"])
        else:
            place_hold(said["post"], actor=actor, reason=said["reason"], until=said["until"])
