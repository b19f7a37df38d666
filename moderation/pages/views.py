from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from common.errors import Invalid
from common.rate_limits import Limit, count, network_of
from forum.queries import post_for, show_post
from forum.visit import reader_of, reporter_key
from moderation.models import ReportReason
from moderation.services.reports import MAX_REPORT_CHARS, report_post

REPORTS = Limit("reports", quota=20, window=600)


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label=_("What is it about?"), choices=ReportReason, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Anything you want to add"),
        required=False,
        max_length=MAX_REPORT_CHARS,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def post_report(request: HttpRequest, post_id: str) -> HttpResponse:
    reader = reader_of(request)
    post = post_for(reader, post_id)
    form = ReportForm(request.POST or None)
    if form.is_valid():
        count(REPORTS, network_of(request))
        try:
            report_post(post, actor=reporter_key(reader, request), **form.cleaned_data)
        except Invalid as error:
            form.add_error(None, str(error.text))
        else:
            return render(request, "moderation/post_reported.html", {"post": show_post(reader, post, None)})
    context = {"form": form, "post": show_post(reader, post, None)}
    return render(request, "moderation/post_report.html", context, status=400 if form.errors else 200)
