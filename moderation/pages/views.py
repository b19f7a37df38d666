from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import HearthError, NotFound
from common.forms import QUIET, FreeTextField, QuietForm
from common.rate_limits import Limit, count, network_of
from forum.authorship import Reader
from forum.pages.answers import form_page, help_card, is_other_language
from forum.pages.limits import WRITES, limited
from forum.queries import own_post_for, post_for, show_post
from forum.services.blocking import Hidden
from forum.visit import identity_in, is_fresh, owners_of, reader_of, reporter_key
from moderation import queries
from moderation.models import ReportReason
from moderation.services.appeals import MAX_APPEAL_CHARS, AppealUnfit, appeal_report, appeal_statement
from moderation.services.reports import MAX_REPORT_CHARS, ReasonUnknown, reasons_for, report_and_hide
from moderation.services.telling_reporters import ReportStatus, report_status

REPORTS = Limit("reports", quota=20, window=600)
LOOK_UPS = Limit("report-look-ups", quota=30, window=600)


class ReportForm(QuietForm):
    reason = forms.ChoiceField(
        label=_("What is it about?"), widget=forms.RadioSelect, error_messages={"required": ReasonUnknown.message}
    )
    text = FreeTextField(
        label=_("Anything you want to add"),
        required=False,
        max_length=MAX_REPORT_CHARS,
        error_messages={
            "max_length": _(
                "This has %(show_value)d characters, and %(limit_value)d fit. All of it is still here: please shorten "
                "it, or send the rest as another report. They are read together."
            )
        },
        rows=4,
        attrs=QUIET,
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

    def __init__(
        self, *args: Any, reader: Reader, reasons: Any, has_written: bool, has_password: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]  # a ChoiceField
        if ReportReason.BREAKS_WISH in dict(reasons):
            self.fields["reason"].help_text = _(
                "If it is not what you asked for, nobody else reads it until somebody from the team has read it."
            )
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
    form = ReportForm(
        request.POST or None,
        reader=reader,
        reasons=reasons_for(reader, post),
        has_written=identity is not None,
        has_password=has_password,
    )
    if is_other_language(request):
        form.ask_nothing()
    elif form.is_valid():
        count(REPORTS, network_of(request))
        try:
            reported = report_and_hide(
                post,
                actor=reporter_key(reader, request),
                identity=identity,
                also=owners_of(request.session, None) - {identity},
                reader=reader,
                is_fresh=has_password,
                **form.cleaned_data,
            )
        except HearthError as error:
            form.add_error(None, str(error.text))
        else:
            context = {
                "post": show_post(reader, post, None),
                "hiding": reported.hiding,
                "is_held": reported.is_held,
                "reference": reported.report.reference,
                "card": help_card(request, "", form.cleaned_data["text"]),
            }
            return render(request, "moderation/post_reported.html", context)
    return form_page(request, "moderation/post_report.html", form, {"post": show_post(reader, post, None)})


class ReferenceForm(QuietForm):
    reference = forms.CharField(
        label=_("The reference you were given"),
        max_length=40,
        widget=forms.TextInput(attrs={**QUIET, "autocapitalize": "none"}),
        error_messages={"required": _("Write here the reference you were given.")},
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
            reference = form.cleaned_data["reference"]
            status = report_status(reference)
        except NotFound:
            form.add_error("reference", _("There is no report with this reference. Please compare it once more."))
    return form_page(request, "moderation/report_look_up.html", form, {"status": status, "reference": reference})


@require_safe
def post_statements(request: HttpRequest, post_id: str) -> HttpResponse:
    """What was decided against somebody about their post, and whether they were looked up; and why. For them alone."""
    reader = reader_of(request)
    statements = queries.statements_about(reader, post_id)
    asked = [each.appeal.text for each in statements if each.appeal and each.appeal.is_waiting]
    context = {
        "statements": statements,
        "looks": queries.looks_at_author(reader, post_id),
        "card": help_card(request, "", "\n\n".join(asked)) if asked else None,
        "post": show_post(reader, own_post_for(reader, post_id), None),
    }
    return render(request, "moderation/post_statements.html", context)


class AppealForm(QuietForm):
    text = FreeTextField(
        label=_("How you see it"),
        help_text=_("In your own words. Somebody else than whoever decided reads it, and answers you."),
        max_length=MAX_APPEAL_CHARS,
        rows=8,
        attrs=QUIET,
        error_messages={"required": AppealUnfit.message},
    )


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def statement_appeal(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Its author asks for another look."""
    reader = reader_of(request)
    statement = queries.statement_for(reader, statement_id)
    form = AppealForm(request.POST or None)
    if is_other_language(request):
        form.ask_nothing()
    elif form.is_valid():
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
    if is_other_language(request):
        form.ask_nothing()
    elif form.is_valid():
        try:
            appeal = appeal_report(form.cleaned_data["reference"], text=form.cleaned_data["text"])
        except HearthError as error:
            form.add_errors(error)
        else:
            context = {
                "form": ReferenceForm(),
                "status": report_status(form.cleaned_data["reference"]),
                "card": help_card(request, "", appeal.text),
            }
            return render(request, "moderation/report_look_up.html", context)
    return form_page(request, "moderation/report_appeal.html", form, {})
