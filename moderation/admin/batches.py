"""Several cases at once: choosing, looking first, doing it, and undoing all of it. No step needs JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError, Invalid, NotFound
from forum.queries import first_words
from forum.visit import SEE_EVERY_POST
from moderation.explaining import REASONS_TO_CHOOSE, reason_words
from moderation.models import Act, Batch, BatchItem, Case, Judgement, Seen
from moderation.policies import DECIDE
from moderation.services import batches
from moderation.services.batches import BulkAct, Chosen, Rule

if TYPE_CHECKING:
    from accounts.models import User

_NEW = "admin:moderation_batch_new"


class BatchForm(forms.Form):
    act = forms.ChoiceField(label=_("What to do with each"), choices=Act, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("The reason"),
        help_text=_("Needed to hide. Each author reads it with their post, so it must fit every one of them."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    judgement = forms.ChoiceField(
        label=_("What the reports were"),
        help_text=_("Needed to judge reports. Those that somebody has judged keep what was said."),
        choices=[("", "---------"), *Judgement.choices],
        required=False,
    )
    rule = forms.ChoiceField(
        label=_("Open cases that wait because of this"),
        help_text=_(
            "The fifty most pressing are shown before anything is done. Who reported is nobody's to choose by."
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("the cases chosen in the queue")),
            *((code, reason_words(code)) for code in REASONS_TO_CHOOSE),
        ]

    def bulk_act(self) -> BulkAct:
        said = self.cleaned_data
        return BulkAct(said["act"], said["reason"], said["judgement"])


@admin.register(Batch)
class BatchAdmin(admin.ModelAdmin[Batch]):
    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("new/", guarded(self.new_view), name="moderation_batch_new"),
            path("carry-out/", guarded(self.carry_out_view), name="moderation_batch_carry_out"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One's own; a lead's page has everybody's."""
        if not self.has_view_permission(request):
            return redirect("admin:index")
        context = {**self._frame(request, _("Several at once")), "batches": batches.batches_of(_moderator(request))}
        return TemplateResponse(request, "admin/moderation/batch/list.html", context)

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """From the queue come the chosen cases, without an act; with one, the answer is what it would do."""
        if not self.has_view_permission(request):
            return redirect("admin:index")
        ids = request.POST.getlist("case")
        is_complete = "act" in request.POST or "rule" in request.POST
        form = BatchForm(request.POST if is_complete else None)
        if form.is_valid():
            rule = Rule(form.cleaned_data["rule"]) if form.cleaned_data["rule"] else None
            try:
                looked_at = batches.preview(form.bulk_act(), actor=_moderator(request), cases=ids, rule=rule)
            except Invalid as error:
                _point_at(form, error)
            else:
                return self._preview(request, form, looked_at)
        context = {**self._frame(request, _("Several at once")), "form": form, "ids": ids}
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/moderation/batch/new.html", context, status=status)

    def _preview(self, request: HttpRequest, form: BatchForm, looked_at: batches.Preview) -> HttpResponse:
        context = {
            **self._frame(request, _("Before it is done")),
            "form": form,
            "act": Act(form.cleaned_data["act"]).label,
            "looked_at": looked_at,
            "doable": [_row(line.case, line.seen) for line in looked_at.lines if line.problem is None],
            "undoable": [
                _row(line.case) | {"problem": line.problem.text} for line in looked_at.lines if line.problem is not None
            ],
            "days": batches.TRIED_DAYS,
        }
        return TemplateResponse(request, "admin/moderation/batch/preview.html", context)

    def carry_out_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            return redirect("admin:index")
        said = request.POST
        act = BulkAct(said.get("act", ""), said.get("reason", ""), said.get("judgement", ""))
        chosen = [each for each in map(_chosen, said.getlist("chosen")) if each is not None]
        try:
            batch = batches.carry_out(said.get("batch", ""), act, actor=_moderator(request), chosen=chosen)
        except HearthError as error:
            messages.error(request, str(error.text))
            return redirect(_NEW)
        return redirect("admin:moderation_batch_change", batch.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What became of each, and the button that undoes all of it."""
        if not self.has_view_permission(request) or not (object_id.isascii() and object_id.isdigit()):
            return redirect("admin:index")
        found = Batch.objects.select_related("moderator").filter(pk=int(object_id)).first()
        try:
            batch = batches.batch_for(_moderator(request), found.public_id if found else "")
        except NotFound:
            return redirect("admin:moderation_batch_changelist")
        if request.method == "POST":
            batches.undo_batch(batch, actor=_moderator(request))
            return redirect("admin:moderation_batch_change", batch.pk)
        items = batches.items_of(batch)
        context = {
            **self._frame(request, _("What became of each")),
            "batch": batch,
            "rows": [_result(item) for item in items],
            "may_undo": any(not item.problem and not item.is_undone for item in items),
        }
        return TemplateResponse(request, "admin/moderation/batch/result.html", context)

    def _frame(self, request: HttpRequest, title: Any) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}

    def has_view_permission(self, request: HttpRequest, obj: Batch | None = None) -> bool:
        return request.user.has_perm(SEE_EVERY_POST) and request.user.has_perm(DECIDE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Batch | None = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Batch | None = None) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("admin:moderation_batch_change", object_id)


def _chosen(text: str) -> Chosen | None:
    """A box of the preview: the case, and what was read of it."""
    case, _space, seen = text.partition(" ")
    read = Seen.parse(seen)
    return Chosen(case, read) if read else None


def _row(case: Case, seen: Seen | None = None) -> dict[str, Any]:
    return {
        "case": case,
        "value": f"{case.public_id} {seen}" if seen else "",
        "what": first_words(case.post),
        "why": "; ".join(str(reason_words(reason)) for reason in case.reasons),
        "where": case.post.thread.category.title,
        "reports": len([report for report in case.reports.all() if not report.judgement]),
    }


def _result(item: BatchItem) -> dict[str, Any]:
    return {
        "item": item,
        "what": first_words(item.case.post),
        "problem": batches.problem_words(item.problem) if item.problem else "",
        "undo_problem": batches.problem_words(item.undo_problem) if item.undo_problem else "",
    }


def _point_at(form: forms.Form, error: Invalid) -> None:
    if not error.fields:
        form.add_error(None, str(error.text))
    for name, texts in error.fields.items():
        form.add_error(name, [str(text) for text in texts])


def _moderator(request: HttpRequest) -> User:
    return cast("User", request.user)  # the admin lets nobody else in
