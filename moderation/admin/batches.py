"""Several cases at once: choosing, looking first, doing it, and undoing all of it. No step needs JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError, Invalid, NotFound
from common.forms import FreeTextField
from forum.visit import SEE_EVERY_POST
from moderation.admin.coming_back import show_as_typed, typed_before_sign_in
from moderation.admin.desk import NothingToEdit, moderator_of, number_in, offer
from moderation.admin.refusing import CHOOSE_ONE, Refused, form_page, point_at
from moderation.explaining import REASONS_TO_CHOOSE, reason_words
from moderation.folding import Fold, folds_of
from moderation.models import Act, Batch, BatchItem, Case, Judgement, Lane, Seen
from moderation.policies import DECIDE
from moderation.services import batches
from moderation.services.batches import BulkAct, Chosen, NothingChosen, Rule


class BatchForm(forms.Form):
    act = forms.ChoiceField(
        label=_("What to do with each"), choices=Act, widget=forms.RadioSelect, error_messages=CHOOSE_ONE
    )
    reason = FreeTextField(
        label=_("The reason"),
        help_text=_("Needed to hide. Each author reads it with their post, so it must fit every one of them."),
        required=False,
        rows=3,
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
        reasons = [(code, reason_words(code)) for code in REASONS_TO_CHOOSE]
        offer(self, "rule", [("", _("the cases chosen in the queue")), *reasons])

    def bulk_act(self) -> BulkAct:
        said = self.cleaned_data
        return BulkAct(said["act"], said["reason"], said["judgement"])


@admin.register(Batch)
class BatchAdmin(NothingToEdit):
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
        context = {**self.frame(request, _("Several at once")), "batches": batches.batches_of(moderator_of(request))}
        return TemplateResponse(request, "admin/moderation/batch/list.html", context)

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """From the queue come the chosen cases, without an act; with one, the answer is what it would do."""
        if not self.has_view_permission(request):
            return redirect("admin:index")
        if before := typed_before_sign_in(request):
            return self._new_again(request, before, before.getlist("case"))
        return self._look_first(request, _form_in(request.POST))

    def _look_first(self, request: HttpRequest, form: BatchForm, refusal: HearthError | None = None) -> HttpResponse:
        """`refusal`: of what was sent from there, which stands there once more, ticked as it was."""
        ids = request.POST.getlist("case")
        if form.is_valid():
            rule = Rule(form.cleaned_data["rule"]) if form.cleaned_data["rule"] else None
            try:
                looked_at = batches.preview(form.bulk_act(), actor=moderator_of(request), cases=ids, rule=rule)
            except Invalid as error:
                point_at(form, error)
            else:
                return self._preview(request, form, looked_at, refusal)
        return self._new(request, form, ids)

    def _new_again(self, request: HttpRequest, before: QueryDict, ids: list[str]) -> HttpResponse:
        form = _form_in(before)
        show_as_typed(form)
        return self._new(request, form, ids)

    def _new(self, request: HttpRequest, form: BatchForm, ids: list[str]) -> HttpResponse:
        context = {
            **self.frame(request, _("Several at once")),
            "form": form,
            "ids": ids,
            "alone": Lane.LIFE.label,
        }
        return form_page(request, "admin/moderation/batch/new.html", context, form)

    def _preview(
        self, request: HttpRequest, form: BatchForm, looked_at: batches.Preview, refusal: HearthError | None
    ) -> HttpResponse:
        ticked = {each.case for each in _chosen_in(request.POST)}
        folds = folds_of([line.case.post for line in looked_at.lines], moderator=moderator_of(request))
        context = {
            **self.frame(request, _("Before it is done")),
            "form": form,
            "act": Act(form.cleaned_data["act"]).label,
            "looked_at": looked_at,
            "doable": [
                _row(line.case, folds, line.seen) | {"is_ticked": refusal is None or line.case.public_id in ticked}
                for line in looked_at.lines
                if line.problem is None
            ],
            "undoable": [
                _row(line.case, folds) | {"problem": line.problem.text}
                for line in looked_at.lines
                if line.problem is not None
            ],
            "days": batches.TRIED_DAYS,
            "refused": [_said_of(refusal)] if refusal else [],
        }
        status = refusal.status if refusal else 200
        return TemplateResponse(request, "admin/moderation/batch/preview.html", context, status=status)

    def carry_out_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            return redirect("admin:index")
        if before := typed_before_sign_in(request):  # each is looked at once more
            ids = [each.case for each in _chosen_in(before)] or before.getlist("case")
            return self._new_again(request, before, ids)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        said = request.POST
        act = BulkAct(said.get("act", ""), said.get("reason", ""), said.get("judgement", ""))
        chosen = _chosen_in(said)
        try:
            batch = batches.carry_out(said.get("batch", ""), act, actor=moderator_of(request), chosen=chosen)
        except HearthError as error:
            return self._look_first(request, BatchForm(said), error)
        return redirect("admin:moderation_batch_change", batch.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What became of each, and the button that undoes all of it."""
        if not self.has_view_permission(request):
            return redirect("admin:index")
        found = Batch.objects.filter(pk=number_in(object_id)).first()
        try:
            batch = batches.batch_for(moderator_of(request), found.public_id if found else "")
        except NotFound:
            return redirect("admin:moderation_batch_changelist")
        if request.method == "POST":
            batches.undo_batch(batch, actor=moderator_of(request))
            return redirect("admin:moderation_batch_change", batch.pk)
        moderator = moderator_of(request)
        items = batches.items_of(batch, moderator)
        folds = folds_of([item.case.post for item in items], moderator=moderator)
        context = {
            **self.frame(request, _("What became of each")),
            "batch": batch,
            "rows": [_result(item, folds[item.case.post_id]) for item in items],
            "is_unseen": batches.undoable_until(batch, moderator) is not None,
            "may_undo": any(not item.problem and not item.is_undone for item in items),
        }
        return TemplateResponse(request, "admin/moderation/batch/result.html", context)

    def has_view_permission(self, request: HttpRequest, obj: Batch | None = None) -> bool:
        return request.user.has_perm(SEE_EVERY_POST) and request.user.has_perm(DECIDE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("admin:moderation_batch_change", object_id)


def _form_in(sent: QueryDict) -> BatchForm:
    """Blank where no more than cases was sent, as from the queue."""
    return BatchForm(sent if "act" in sent or "rule" in sent else None)


def _said_of(refusal: HearthError) -> Refused:
    if isinstance(refusal, NothingChosen):
        return Refused(_("Tick at least one case, or choose something else for them."), _("Cases"), "chosen-1")
    return Refused(refusal.text)


def _chosen_in(sent: QueryDict) -> list[Chosen]:
    return [each for each in map(_chosen, sent.getlist("chosen")) if each is not None]


def _chosen(text: str) -> Chosen | None:
    """A box of the preview: the case, and what was read of it."""
    case, _space, seen = text.partition(" ")
    read = Seen.parse(seen)
    return Chosen(case, read) if read else None


def _row(case: Case, folds: Mapping[int, Fold], seen: Seen | None = None) -> dict[str, Any]:
    return {
        "case": case,
        "value": f"{case.public_id} {seen}" if seen else "",
        "what": folds[case.post_id].stands_for(case.post),
        "why": "; ".join(str(reason_words(reason)) for reason in case.reasons),
        "where": case.post.thread.category.title,
        "reports": len([report for report in case.reports.all() if not report.judgement]),
    }


def _result(item: BatchItem, fold: Fold) -> dict[str, Any]:
    return {
        "item": item,
        "what": fold.stands_for(item.case.post),
        "problem": batches.problem_words(item.problem) if item.problem else "",
        "undo_problem": batches.problem_words(item.undo_problem) if item.undo_problem else "",
    }
