"""What leads see of the team's work: no row of a person, no ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from common.days import today
from moderation.policies import is_lead
from moderation.services.transparency import YearNotOver, report_for_lead

if TYPE_CHECKING:
    from accounts.models import User


def addresses(site: AdminSite) -> list[URLPattern]:
    """Below those of cases, whose permissions they have and more."""

    def transparency(request: HttpRequest) -> HttpResponse:
        return transparency_view(request, site)

    return [path("transparency/", site.admin_view(transparency), name="moderation_case_transparency")]


def transparency_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not is_lead(_lead(request)):
        return redirect("admin:index")
    asked = request.GET.get("year", str(today().year - 1))
    context: dict[str, Any] = {**site.each_context(request), "title": _("What was done in a year"), "year": asked}
    try:
        context["report"] = report_for_lead(int(asked) if asked.isdecimal() else 0, actor=_lead(request))
    except YearNotOver as error:
        context["problem"] = error.text
    status = 400 if "problem" in context else 200
    return TemplateResponse(request, "admin/moderation/transparency.html", context, status=status)


def _lead(request: HttpRequest) -> User:
    return cast("User", request.user)  # the admin lets nobody else in
