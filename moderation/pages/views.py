from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import HearthError, Invalid, NotFound
from common.forms import QUIET, QuietForm
from common.rate_limits import Limit, count, network_of
from forum.authorship import Reader
from forum.pages.answers import form_page
from forum.pages.limits import WRITES, limited
from forum.queries import own_post_for, post_for, show_post
from forum.services.blocking import Hidden
from forum.visit import identity_in, is_fresh, owners_of, reader_of, reporter_key
from moderation import queries
from moderation.models import ReportReason
from moderation.services.appeals import MAX_APPEAL_CHARS, appeal_report, appeal_statement
from moderation.services.reports import MAX_REPORT_CHARS, ReportStatus, report_and_hide, report_status

REPORTS = Limit("reports", quota=20, window=600)
LOOK_UPS = Limit("report-look-ups", quota=30, window=600)


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label=_("What is it about?"), choices=ReportReason, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Anything you want to add"),
        required=False,
        max_length=MAX_REPORT_CHARS,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )
    hides = forms.ChoiceField(
        label=_("If it is someone who hurt you: what should they no longer see, from now on?"),
        help_text=_(
            "They are not told, and you still see what they write. But whoever compares what they see with and without "
            "signing in may notice which posts are hidden from them, and that these belong together."
        ),
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, reader: Reader, has_written: bool, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_written:
            del self.fields["hides"]
            return
        hides = self.fields["hides"]
        hides.choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (Hidden.EVERYTHING, _("everything I write, under any name")),
            *([(Hidden.PSEUDONYM, _("what I write as %(name)s") % {"name": reader.member})] if reader.member else []),
            (Hidden.NOTHING, _("nothing: only tell the team")),
        ]
        hides.initial = Hidden.EVERYTHING
        if not has_password:
            without = _(
                "At once only what you write as %(name)s is hidden; for the rest we ask for your password then."
            )
            hides.help_text = format_lazy("{} {}", hides.help_text, without % {"name": reader.member})

    def clean_hides(self) -> str:
        """Who chose nothing is hidden from them: being asked again could be too late."""
        return self.cleaned_data["hides"] or Hidden.EVERYTHING.value


@require_http_methods(["GET", "HEAD", "POST"])
def post_report(request: HttpRequest, post_id: str) -> HttpResponse:
    reader = reader_of(request)
    post = post_for(reader, post_id)
    identity = identity_in(reader, request.session)
    has_password = is_fresh(reader, request.session)
    form = ReportForm(request.POST or None, reader=reader, has_written=identity is not None, has_password=has_password)
    if form.is_valid():
        count(REPORTS, network_of(request))
        try:
            reported = report_and_hide(
                post,
                actor=reporter_key(reader, request),
                identity=identity,
                also=owners_of(request.session, None) - {identity},
                shown=reader.opened,
                is_fresh=has_password,
                **form.cleaned_data,
            )
        except Invalid as error:
            form.add_error(None, str(error.text))
        else:
            context = {
                "post": show_post(reader, post, None),
                "hiding": reported.hiding,
                "reference": reported.report.reference,
            }
            return render(request, "moderation/post_reported.html", context)
    context = {"form": form, "post": show_post(reader, post, None)}
    return render(request, "moderation/post_report.html", context, status=400 if form.errors else 200)


class ReferenceForm(QuietForm):
    reference = forms.CharField(
        label=_("The reference you were given"),
        max_length=40,
        widget=forms.TextInput(attrs={**QUIET, "autocapitalize": "none"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def report_look_up(request: HttpRequest) -> HttpResponse:
    """What became of a report. Posted, so that no reference stands in an address or a history."""
    form = ReferenceForm(request.POST or None)
    status: ReportStatus | None = None
    reference = ""
    if form.is_valid():
        count(LOOK_UPS, network_of(request))
        try:
            reference = form.cleaned_data["reference"].lower()
            status = report_status(reference)
        except NotFound:
            form.add_error("reference", _("There is no report with this reference. Please compare it once more."))
    context = {"form": form, "status": status, "reference": reference}
    return render(request, "moderation/report_look_up.html", context, status=400 if form.errors else 200)


@require_safe
def post_statements(request: HttpRequest, post_id: str) -> HttpResponse:
    """What was decided against somebody about their post, and why. For them alone."""
    reader = reader_of(request)
    context = {
        "statements": queries.statements_about(reader, post_id),
        "post": show_post(reader, own_post_for(reader, post_id), None),
    }
    return render(request, "moderation/post_statements.html", context)


class AppealForm(QuietForm):
    text = forms.CharField(
        label=_("How you see it"),
        help_text=_("In your own words. Somebody else than whoever decided reads it, and answers you."),
        max_length=MAX_APPEAL_CHARS,
        widget=forms.Textarea(attrs={"rows": 8, **QUIET}),
    )


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def statement_appeal(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Its author asks for another look."""
    reader = reader_of(request)
    statement = queries.statement_for(reader, statement_id)
    form = AppealForm(request.POST or None)
    if form.is_valid():
        try:
            appeal_statement(statement, actor=reader, text=form.cleaned_data["text"])
        except HearthError as error:
            form.add_errors(error)
        else:
            return redirect("moderation:post-statements", statement.post.public_id)
    context = {"statement": queries.show_statement(reader, statement)}
    return form_page(request, "moderation/statement_appeal.html", form, context)


class ReportAppealForm(AppealForm):
    reference = forms.CharField(max_length=40, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
def report_appeal(request: HttpRequest) -> HttpResponse:
    """Whoever reported asks for another look. Posted, as `report_look_up` is."""
    if request.method != "POST":
        return redirect("moderation:report-look-up")
    count(LOOK_UPS, network_of(request))
    form = ReportAppealForm(request.POST if "text" in request.POST else None, initial=request.POST.dict())
    if form.is_valid():
        try:
            appeal_report(form.cleaned_data["reference"], text=form.cleaned_data["text"])
        except HearthError as error:
            form.add_errors(error)
        else:
            context = {"form": ReferenceForm(), "status": report_status(form.cleaned_data["reference"])}
            return render(request, "moderation/report_look_up.html", context)
    return form_page(request, "moderation/report_appeal.html", form, {})
