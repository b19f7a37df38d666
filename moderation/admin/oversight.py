"""What watches over the team's work: a second look, and for leads figures of all together. No row is one person's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import HearthError
from forum import queries as forum
from forum.visit import SEE_EVERY_POST, reader_at_desk, unfiltered
from moderation import queries
from moderation.admin.desk import moderator_of, number_in
from moderation.admin.refusing import Refused, form_page
from moderation.explaining import reason_words
from moderation.folding import fold_before_a_second_look
from moderation.models import SecondLook, Verdict, Waited
from moderation.policies import can_decide, is_lead
from moderation.services import figures, second_looks
from moderation.services.duty import EnoughForToday, OffDuty
from moderation.services.transparency import YearNotOver, report_for_lead

_QUEUE = "admin:moderation_case_changelist"
_LOOK = "admin:moderation_case_second_look"
_RATHER_NOT = "RATHER_NOT"


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("What would you do?"),
        choices=[*Verdict.choices, (_RATHER_NOT, _("I would rather not say"))],
        widget=forms.RadioSelect,
        error_messages={"required": second_looks.VerdictUnknown.message},
    )


def addresses(site: AdminSite) -> list[URLPattern]:
    """Below those of cases."""

    def at(view: Callable[..., HttpResponse]) -> Any:
        def within(request: HttpRequest, **arguments: Any) -> HttpResponse:
            return view(request, site, **arguments)

        return site.admin_view(within)

    return [
        path("figures/", at(figures_view), name="moderation_case_figures"),
        path("transparency/", at(transparency_view), name="moderation_case_transparency"),
        path("second-look/", at(second_looks_view), name="moderation_case_second_looks"),
        path("second-look/<pid:look_id>/", at(second_look_view), name="moderation_case_second_look"),
    ]


def figures_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not is_lead(moderator_of(request)):
        return redirect("admin:index")
    context = {
        **site.each_context(request),
        "title": _("How it goes"),
        "figures": figures.figures(actor=moderator_of(request)),
        "waited": Waited.labels,
        "most": queries.WAITING_AT_MOST,
        "fewest": figures.FEWEST_LOOKS,
    }
    return TemplateResponse(request, "admin/moderation/figures.html", context)


def transparency_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not is_lead(moderator_of(request)):
        return redirect("admin:index")
    asked = request.GET.get("year", str(today().year - 1))
    context: dict[str, Any] = {**site.each_context(request), "title": _("What was done in a year"), "year": asked}
    try:
        context["report"] = report_for_lead(number_in(asked), actor=moderator_of(request))
    except YearNotOver as error:
        context["refused"] = [Refused(error.text, _("Year"), "year")]
    status = 400 if "refused" in context else 200
    return TemplateResponse(request, "admin/moderation/transparency.html", context, status=status)


def second_looks_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """What it is for; with the button, one of them."""
    if not _may_read(request):
        return redirect("admin:index")
    context = {**site.each_context(request), "title": _("A second look")}
    if request.method != "POST":
        return TemplateResponse(request, "admin/moderation/second_looks.html", context)
    try:
        look = second_looks.take_second_look(actor=moderator_of(request), goes_on="goes_on" in request.POST)
    except OffDuty as off:
        messages.info(request, str(off.text))
        return redirect("admin:moderation_case_duty")
    except EnoughForToday:
        context = {**context, "is_enough": True}
        return TemplateResponse(request, "admin/moderation/second_looks.html", context)
    if look is None:
        messages.info(request, _("There is nothing to look at a second time."))
        return redirect(_QUEUE)
    return redirect(_LOOK, look.public_id)


def second_look_view(request: HttpRequest, site: AdminSite, look_id: str) -> HttpResponse:
    if not _may_read(request):
        return redirect("admin:index")
    form = VerdictForm(request.POST or None)
    moderator = moderator_of(request)
    try:
        look = second_looks.second_look_of(moderator, look_id)
        if form.is_valid():
            said = form.cleaned_data["verdict"]
            second_looks.say_second(look_id, actor=moderator, verdict="" if said == _RATHER_NOT else said)
            messages.success(request, _("Thank you. It is counted, and not with your name."))
            return redirect("admin:moderation_case_second_looks")
    except HearthError as error:
        messages.info(request, str(error.text))
        return redirect("admin:moderation_case_second_looks")
    context = {
        **site.each_context(request),
        "title": _("A second look"),
        "form": form,
        **_blind(request, look),
    }
    return form_page(request, "admin/moderation/second_look.html", context, form)


def _blind(request: HttpRequest, look: SecondLook) -> dict[str, Any]:
    """What the first moderator had before them, and nothing of what they did: no state, no notes, no link to it."""
    reader, post = unfiltered(reader_at_desk(request)), look.decision.case.post
    shown = forum.show_post(reader, post, None)
    return {
        "category": post.thread.category.title,
        "reasons": [reason_words(reason) for reason in look.decision.case.reasons],
        "fold": fold_before_a_second_look(shown, look.decision.case.reasons, moderator=moderator_of(request)),
        "heading": shown.title,
        "words": shown.html,
        "quote": shown.quote,
        "asked": forum.wish_above(reader, post),
        "above": [
            (each.name, "" if each.notes else each.title, each.html) for each in forum.ancestors_of(reader, post)
        ],
        "reports": [(report.get_reason_display(), report.text) for report in queries.reports_of(look.decision.case)],
    }


def _may_read(request: HttpRequest) -> bool:
    return request.user.has_perm(SEE_EVERY_POST) and can_decide(moderator_of(request))
