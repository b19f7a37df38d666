"""The page of one case. Every button calls a service; nothing is edited here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError, Invalid, Stale
from forum import queries as forum
from forum.services.restricting import NobodyToFree
from forum.states import PostState
from forum.visit import reader_at_desk, unfiltered
from moderation import queries
from moderation.admin import keys
from moderation.admin.appeals import AppealForm, appealed
from moderation.admin.deciding import CaseForms
from moderation.admin.deeds import DEEDS, Deed
from moderation.admin.desk import moderator_of, number_in
from moderation.admin.effects import CaseNoteForm, TellingForm
from moderation.admin.forms import DecisionForm
from moderation.admin.queue import CASE, DUTY, QUEUE, QueueAdmin, hour, undo_bar
from moderation.admin.refusing import form_page, point_at
from moderation.admin.reversing import ReversalForm
from moderation.admin.sanctions import state_words
from moderation.explaining import label_words, part_words, reason_words, severity_words, signal_words
from moderation.folding import fold_of
from moderation.models import Action, Case, Judgement, Lane, Outcome, Seen
from moderation.policies import is_lead
from moderation.services import claims, duty, undoing
from moderation.services.appeals import decide_appeal
from moderation.services.changes import WhatChanged, what_changed
from moderation.services.decisions import decide
from moderation.services.effects import open_branch
from moderation.services.holds import hold_of
from moderation.services.reports import desk_id_of, has_reported, is_for_somebody_else
from moderation.services.reversing import reverse_decision, what_could_not
from moderation.services.sealed_minimum import minimum_of
from moderation.states import TARGET_HOURS

if TYPE_CHECKING:
    from accounts.models import User
    from moderation.models import Appeal, Decision, Duty

_CLOSES = "closes"
_AFTER_A_LIFE = _(
    "That was about a life. Take a breath before you go on, and tell somebody of the team if it stays with you. Once "
    "somebody knows how it ended, a note on its page can say so."
)
_STOP = _("Stop for today")


@admin.register(Case)
class CaseAdmin(QueueAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.conversation_view)
        return [
            path("conversation/<str:thread_id>/", view, name="moderation_case_conversation"),
            *super().get_urls(),
        ]

    def conversation_view(self, request: HttpRequest, thread_id: str) -> HttpResponse:
        """From the page of a conversation: to the decision that closes it, or it takes replies again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            return redirect("admin:index")
        moderator, story = moderator_of(request), forum.opening_of(forum.thread_for(reader_at_desk(request), thread_id))
        try:
            if "open" in request.POST:
                open_branch(story, actor=moderator)
                messages.success(request, _("It takes replies again."))
                return redirect("admin:forum_thread_change", story.thread_id)
            case = claims.open_about(story, actor=moderator)
        except HearthError as error:
            messages.error(request, str(error.text))
            return redirect("admin:forum_thread_change", story.thread_id)
        return redirect(f"{reverse(CASE, args=[case.pk])}?{_CLOSES}")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        case = self.get_object(request, object_id)
        if case is None or not self.has_change_permission(request, case):
            return redirect(QUEUE)
        deed = DEEDS.get(request.POST.get("do", ""))
        if deed and not (CaseNoteForm.is_in(request.POST) and CaseNoteForm.of(request.POST).errors):
            return self._done(request, case, deed)
        if case.appeal is not None:
            return self._appeal_view(request, case, case.appeal)
        if request.POST.get("do") == "reverse":
            return self._reversal_view(request, case)
        return self._decision_view(request, case)

    def _decision_view(self, request: HttpRequest, case: Case) -> HttpResponse:
        sent = _to_decide(request)
        forms_of_case = self._forms(request, case, sent)
        changed: WhatChanged | None = None
        if request.POST.get("do") == "use_reply":
            forms_of_case.insert_reply()
        elif forms_of_case.are_valid():
            try:
                decision = decide(case, actor=moderator_of(request), **forms_of_case.decided())
            except Invalid as error:
                forms_of_case.point_at(error)
            except HearthError as error:
                case = queries.case_for_moderator(case.public_id)
                forms_of_case.decision.refuse(error, case)
                if isinstance(error, Stale):
                    changed = what_changed(case, forms_of_case.decision.cleaned_data["seen"])
            else:
                return self._decided(request, case, decision)
        elif sent:
            forms_of_case.ask_of_the_rest(case.post)
        return self._page(request, case, forms_of_case, changed)

    def _decided(self, request: HttpRequest, case: Case, decision: Decision) -> HttpResponse:
        messages.success(request, _("Done: %(action)s.") % {"action": decision.get_action_display()})
        return self._go_on(request, case)

    def _go_on(self, request: HttpRequest, case: Case) -> HttpResponse:
        if case.is_urgent:
            messages.info(request, format_html('{} <a href="{}">{}</a>', _AFTER_A_LIFE, reverse(DUTY), _STOP))
        return self.next_view(request) if "next" in request.POST else redirect(QUEUE)

    def _forms(self, request: HttpRequest, case: Case, data: QueryDict | None) -> CaseForms:
        typed = _typed_before(case, moderator_of(request)) or _chosen_first(case, request)
        form = DecisionForm(
            data,
            initial={**typed, "seen": Seen.of(case)},
            waits=case.post.state == PostState.HELD,
            concerns={signal.label: label_words(signal.label) for signal in queries.signals_of(case)},
        )
        return CaseForms.beside(form, case, data, typed, moderator_of(request))

    def _done(self, request: HttpRequest, case: Case, deed: Deed) -> HttpResponse:
        """A refusal is said on the page, which is then as things stand."""
        try:
            said, leads_away = deed(case, moderator_of(request), request)
        except HearthError as error:
            messages.error(request, str(error.text))
            return redirect(CASE, case.pk)
        messages.success(request, said)
        return redirect(QUEUE) if leads_away else redirect(CASE, case.pk)

    def _reversal_view(self, request: HttpRequest, case: Case) -> HttpResponse:
        moderator = moderator_of(request)
        form = ReversalForm(request.POST, case=case, moderator=moderator)
        if form.is_valid():
            try:
                reversal = reverse_decision(case, actor=moderator, **form.cleaned_data)
            except Invalid as error:
                point_at(form, error)
            except HearthError as error:
                case = queries.case_for_moderator(case.public_id)
                form = ReversalForm(request.POST, case=case, moderator=moderator)
                form.refuse(error, case)
            else:
                messages.success(request, _("Taken back. For some seconds you can undo that."))
                for left in what_could_not(reversal):
                    messages.warning(request, str(left))
                live = queries.live_case_or(case)
                if live.pk != case.pk:
                    messages.info(request, _("Another case about this post is open: this is it."))
                return redirect(CASE, live.pk)
        return self._page(request, case, self._forms(request, case, None), None, form)

    def _appeal_view(self, request: HttpRequest, case: Case, appeal: Appeal) -> HttpResponse:
        last = undoing.typed_before(case, moderator_of(request))
        typed = AppealForm.typed(last[1]) if last else {}
        form = AppealForm(_to_decide(request), initial={**typed, "seen": Seen.of(case)}, appeal=appeal)
        if form.is_valid():
            try:
                decided = decide_appeal(case, actor=moderator_of(request), **form.decided())
            except Invalid as error:
                point_at(form, error)
            except HearthError as error:
                case = queries.case_for_moderator(case.public_id)
                form.refuse(error, case)
            else:
                messages.success(request, _("Answered: %(outcome)s.") % {"outcome": decided.get_outcome_display()})
                if decided.outcome == Outcome.OVERTURNED and queries.sanctions_in_force(decided):
                    messages.warning(request, str(NobodyToFree.message))
                return self._go_on(request, case)
        own = duty.duty_of(moderator_of(request))
        context = {
            **self._around(request, case, own),
            **appealed(case.appeal or appeal, moderator_of(request)),
            "title": _("An appeal"),
            "keys": keys.keys_for(own, keys.OF_APPEAL),
            "form": form,
        }
        return form_page(request, "admin/moderation/case/appeal.html", context, form, context["note_form"])

    def _page(
        self,
        request: HttpRequest,
        case: Case,
        forms_of_case: CaseForms,
        changed: WhatChanged | None,
        reversal: ReversalForm | None = None,
    ) -> HttpResponse:
        reader, moderator = unfiltered(reader_at_desk(request)), moderator_of(request)
        signals = queries.signals_of(case)
        own = duty.duty_of(moderator)
        reversal = reversal or ReversalForm(None, case=case, moderator=moderator)
        context = {
            **self._around(request, case, own),
            "title": _("A case"),
            "keys": keys.keys_for(own, keys.of_case(forms_of_case.actions)),
            **forms_of_case.context(),
            "changed": changed,
            "reversal": reversal,
            "before": [(each, state_words(each)) for each in queries.sanctions_on_name_of(case.post)],
            "signals": list(
                dict.fromkeys(
                    (str(label_words(one.label)), str(severity_words(one.severity)), signal_words(one))
                    for one in signals
                )
            ),  # each once: a text that says it twice is not said twice to be so
            "passages": queries.passages(forum.words_of(reader, case.post), signals) if signals else [],
            "rule_set": signals[0].rule_set if signals else "",
            "reports": [(desk_id_of(report), report) for report in queries.reports_of(case)],
            "judgements": Judgement.choices,
            "has_reported": has_reported(moderator, case),
        }
        return form_page(
            request, "admin/moderation/case/decide.html", context, *forms_of_case.all, reversal, context["note_form"]
        )

    def _around(self, request: HttpRequest, case: Case, own: Duty) -> dict[str, Any]:
        """What every page of a case shows: who has it, why it is here, the post in its thread, what was decided."""
        reader, moderator = unfiltered(reader_at_desk(request)), moderator_of(request)
        if case.is_taken_by(moderator.pk):
            claims.take(case, actor=moderator)  # a sign of life: reading takes time
        post = case.post
        revisions = forum.revisions_of(reader, post)
        decisions = queries.decisions_about(case)
        standing = queries.standing_of(decisions)
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "note_form": CaseNoteForm.of(request.POST),
            "telling": TellingForm(),
            "case_notes": queries.notes_about(case, is_lead=is_lead(moderator)),
            "case": case,
            "hold": hold_of(post),
            "is_kept_sealed": post.state == PostState.ERASED and minimum_of(post) is not None,
            "is_mine": case.is_taken_by(moderator.pk),
            "is_others": case.is_taken and not case.is_taken_by(moderator.pk),
            "is_lead": is_lead(moderator),
            "is_for_somebody_else": is_for_somebody_else(case, moderator),
            "seen": Seen.of(case),
            "reasons": [reason_words(reason) for reason in case.reasons],
            "lane_hours": int(TARGET_HOURS[Lane(case.lane)]),
            "lane_minutes": int(TARGET_HOURS[Lane(case.lane)] * 60),
            "parts": [(part_words(code), hours) for code, hours in case.head_start.items()],
            "since": hour(case, case.opened_at),
            "due": hour(case, max(case.opened_at, case.due_at)),
            "category": post.thread.category.title,
            "post": forum.show_post(reader, post, None),
            "fold": fold_of(post, moderator=moderator, duty=own),
            "ancestors": forum.ancestors_of(reader, post),
            "asked": forum.wish_above(reader, post),
            "revisions": revisions,
            "last_edit": forum.revision_of(reader, post) if revisions else None,
            "since_decided": forum.edits_since(reader, post, standing.post_version) if revisions and standing else None,
            "decisions": decisions,
            "marked": queries.last_marked(decisions),
            "undo": undo_bar(moderator),
        }

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Case | None:
        return queries.cases_with_all().filter(pk=number_in(object_id)).first()

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What happened to a case stands on its page; Django's own history is of rows that were edited."""
        return redirect(CASE, object_id)


def _to_decide(request: HttpRequest) -> QueryDict | None:
    """What was sent, unless that was a note."""
    return None if CaseNoteForm.is_in(request.POST) else request.POST or None


def _typed_before(case: Case, moderator: User) -> dict[str, Any]:
    """For the forms: what this moderator had sent, and undid."""
    last = undoing.typed_before(case, moderator)
    if last is None:
        return {}
    decision, typed = last
    said = {f"right_{label}": "yes" if is_right else "no" for label, is_right in typed.get("judged", {}).items()}
    (decision,) = queries.with_marks([decision], case.post)
    typed_in = {name: getattr(decision, name) for name in ("action", "word", "reason")}
    return {**typed, **said, **typed_in, "marks": decision.marked_lines}


def _chosen_first(case: Case, request: HttpRequest) -> dict[str, Any]:
    """For whoever comes here to close the conversation. What waits for a first look is decided first."""
    if _CLOSES not in request.GET or case.post.state == PostState.HELD:
        return {}
    return {"action": Action.LEAVE, "also": {"lock_branch": True}}
