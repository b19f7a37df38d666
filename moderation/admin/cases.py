"""The queue, lane by lane, and the page of one case. Every button calls a service; nothing is edited here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError, Invalid, Stale
from forum import queries as forum
from forum.services.restricting import NobodyToFree
from forum.states import PostState
from forum.visit import SEE_EVERY_POST, reader_of, unfiltered
from moderation import queries
from moderation.admin import oversight
from moderation.admin.appeals import AppealForm, appealed
from moderation.admin.deciding import CaseForms
from moderation.admin.effects import CaseNoteForm
from moderation.admin.sanctions import state_words
from moderation.explaining import label_words, part_words, reason_words, severity_words, signal_words
from moderation.models import DECIDABLE, Action, Case, CaseState, Judgement, Lane, Outcome, Seen
from moderation.policies import is_lead
from moderation.services import cases, claims, duty, effects, notes, undoing
from moderation.services.appeals import decide_appeal
from moderation.services.changes import WhatChanged, what_changed
from moderation.services.decisions import MAX_WORD_CHARS, decide
from moderation.services.duty import EnoughForToday, OffDuty
from moderation.services.holds import hold_of
from moderation.services.reports import desk_id_of, judge_report, report_at_desk
from moderation.services.sealed_minimum import minimum_of
from moderation.states import TARGET_HOURS

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from moderation.models import Appeal

_QUEUE = "admin:moderation_case_changelist"
_CASE = "admin:moderation_case_change"
_STATES = (CaseState.OPEN, CaseState.ESCALATED, CaseState.SNOOZED, CaseState.WAITING, CaseState.CLOSED)


class DecisionForm(forms.Form):
    action = forms.ChoiceField(
        label=_("What to do"), choices=[(each.value, each.label) for each in DECIDABLE], widget=forms.RadioSelect
    )
    word = forms.CharField(
        label=_("A word to the author"),
        help_text=_("Needed to return a post: what could be changed, so that it can come back. Kindly."),
        required=False,
        max_length=MAX_WORD_CHARS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = forms.CharField(
        label=_("The reason"),
        help_text=_("Needed to hide a post. Its author reads it."),
        required=False,
        max_length=MAX_WORD_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    notes = forms.MultipleChoiceField(
        label=_("Content notes to put on it"),
        help_text=_("Others open the words when they are ready. Its author cannot take off what you put there."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, waits: bool, concerns: Mapping[str, _StrOrPromise], **kwargs: Any) -> None:
        """`concerns`: what screeners thought, by label, for the moderator to say whether it was right."""
        super().__init__(*args, **kwargs)
        self.labels = list(concerns)
        for label, words in concerns.items():
            self.fields[f"right_{label}"] = forms.ChoiceField(
                label=format_lazy(_("“{concern}”: was that right?"), concern=words),
                choices=[("", _("I leave it open")), ("yes", _("yes")), ("no", _("no, it is about something else"))],
                required=False,
                widget=forms.RadioSelect,
            )
        self.fields["notes"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField
            (note.public_id, note.words) for note in forum.notes_offered()
        ]
        if waits:  # what waits for a first look is not left waiting
            self.fields["action"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
                (each.value, each.label) for each in DECIDABLE if each != Action.LEAVE
            ]

    def clean_seen(self) -> Seen:
        seen = Seen.parse(self.cleaned_data["seen"])
        if seen is None:
            raise forms.ValidationError(str(cases.CaseChanged.message))
        return seen

    def decided(self) -> dict[str, Any]:
        """As `decide` takes it."""
        said = {label: self.cleaned_data.pop(f"right_{label}", "") for label in self.labels}
        return {**self.cleaned_data, "judged": {label: answer == "yes" for label, answer in said.items() if answer}}

    def judgements(self) -> list[forms.BoundField]:
        return [self[f"right_{label}"] for label in self.labels]


class DutyForm(forms.Form):
    avoided_notes = forms.MultipleChoiceField(
        label=_("What you would rather not meet"),
        help_text=_("“Take the next case” leaves posts with these notes to others. You need not say why."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    enough = forms.IntegerField(
        label=_("Enough cases for a day"),
        help_text=_("Then you are asked whether to go on. Nobody counts or compares."),
        min_value=1,
        max_value=duty.MOST_ENOUGH,
    )
    off_until = forms.DateField(
        label=_("Off duty until"),
        help_text=_("Until that day no case is given to you. Leave it empty while you are on duty."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["avoided_notes"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (note.public_id, str(note.words)) for note in forum.notes_offered()
        ]


@admin.register(Case)
class CaseAdmin(admin.ModelAdmin[Case]):
    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("next/", guarded(self.next_view), name="moderation_case_next"),
            path("duty/", guarded(self.duty_view), name="moderation_case_duty"),
            *oversight.addresses(self.admin_site),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One page of one lane or of all, in the order in which "take next" takes them."""
        if not self.has_view_permission(request):
            return redirect("admin:index")
        state = request.GET.get("state", CaseState.OPEN)
        lane = request.GET.get("lane", "")
        state = state if state in CaseState.values else CaseState.OPEN
        chosen = Lane(int(lane)) if lane in {str(each) for each in Lane.values} else None
        try:
            page = queries.queue_page(state=state, lane=chosen, cursor=request.GET.get("cursor"))
        except Invalid:
            return redirect(_QUEUE)
        moderator = _moderator(request)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cases"),
            "opts": self.opts,
            "page": page,
            "rows": [_row(case, moderator) for case in page.rows],
            "state": state,
            "states": [(each.value, each.label) for each in _STATES],
            "chosen": chosen,
            "lanes": [(each, count) for each, count in queries.waiting_by_lane().items()],
            "most": queries.WAITING_AT_MOST,
            "lives_with_a_lead": queries.lives_with_a_lead(),
            "is_lead": is_lead(moderator),
            "undo": _undo_bar(moderator),
            "raid_switches": queries.raid_switches(),
            "waits_for_a_second": queries.waits_for_a_second(moderator),
        }
        return TemplateResponse(request, "admin/moderation/case/queue.html", context)

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """ "Take next": the most pressing case that nobody looks at."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            return redirect("admin:index")
        try:
            case = claims.take_next(actor=_moderator(request), goes_on="goes_on" in request.POST)
        except OffDuty as off:
            messages.info(request, str(off.text))
            return redirect("admin:moderation_case_duty")
        except EnoughForToday:
            return TemplateResponse(request, "admin/moderation/case/enough.html", self._frame(request, _("A break")))
        if case is None:
            messages.info(request, _("Nothing waits for you. Take a breath."))
            return redirect(_QUEUE)
        return redirect(_CASE, case.pk)

    def duty_view(self, request: HttpRequest) -> HttpResponse:
        """How one wants to work; for oneself alone."""
        if not self.has_change_permission(request):
            return redirect("admin:index")
        moderator = _moderator(request)
        own = duty.duty_of(moderator)
        began = {"avoided_notes": own.avoided_notes, "enough": own.enough, "off_until": own.off_until}
        form = DutyForm(request.POST or None, initial=began)
        if form.is_valid():
            try:
                duty.choose_duty(moderator, actor=moderator, **form.cleaned_data)
            except Invalid as error:
                for name, texts in error.fields.items():
                    form.add_error(name, [str(text) for text in texts])
            else:
                messages.success(request, _("Kept. Nobody else sees it."))
                return redirect(_QUEUE)
        context = {**self._frame(request, _("How you want to work")), "form": form}
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/moderation/case/duty.html", context, status=status)

    def _frame(self, request: HttpRequest, title: Any) -> dict[str, Any]:
        undo = _undo_bar(_moderator(request))
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "undo": undo}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        case = self.get_object(request, object_id)
        if case is None or not self.has_change_permission(request, case):
            return redirect(_QUEUE)
        if request.method == "POST" and (deed := _DEEDS.get(request.POST.get("do", ""))):
            return self._done(request, case, deed)
        if case.appeal is not None:
            return self._appeal_view(request, case, case.appeal)
        forms_of_case = self._forms(request, case)
        changed: WhatChanged | None = None
        if request.POST.get("do") == "use_reply":
            forms_of_case.insert_reply()
        elif forms_of_case.are_valid():
            try:
                decision = decide(case, actor=_moderator(request), **forms_of_case.decided())
            except Invalid as error:
                forms_of_case.point_at(error)
            except HearthError as error:
                forms_of_case.decision.add_error(None, str(error.text))
                case = queries.case_for_moderator(case.public_id)
                if isinstance(error, Stale):
                    changed = what_changed(case, forms_of_case.decision.cleaned_data["seen"])
                    forms_of_case.read_again(case)
            else:
                messages.success(request, _("Done: %(action)s.") % {"action": decision.get_action_display()})
                return self.next_view(request) if "next" in request.POST else redirect(_QUEUE)
        return self._page(request, case, forms_of_case, changed)

    def _forms(self, request: HttpRequest, case: Case) -> CaseForms:
        typed = _typed_before(case, _moderator(request))
        form = DecisionForm(
            request.POST or None,
            initial={**typed, "seen": Seen.of(case)},
            waits=case.post.state == PostState.HELD,
            concerns={signal.label: label_words(signal.label) for signal in queries.signals_of(case)},
        )
        return CaseForms.beside(form, case, request.POST or None, typed)

    def _done(self, request: HttpRequest, case: Case, deed: _Deed) -> HttpResponse:
        """A refusal is said on the page, which is then as things stand."""
        try:
            said, leads_away = deed(case, _moderator(request), request)
        except HearthError as error:
            messages.error(request, str(error.text))
            return redirect(_CASE, case.pk)
        messages.success(request, said)
        return redirect(_QUEUE) if leads_away else redirect(_CASE, case.pk)

    def _appeal_view(self, request: HttpRequest, case: Case, appeal: Appeal) -> HttpResponse:
        form = AppealForm(request.POST or None, initial={"seen": Seen.of(case)}, appeal=appeal)
        if form.is_valid():
            try:
                decided = decide_appeal(case, actor=_moderator(request), **form.decided())
            except Invalid as error:
                _point_at(form, error)
            except HearthError as error:
                form.add_error(None, str(error.text))
                case = queries.case_for_moderator(case.public_id)
                if isinstance(error, Stale):  # what was typed stays; they read again and decide
                    form.data = request.POST.copy()
                    form.data["seen"] = str(Seen.of(case))
            else:
                messages.success(request, _("Answered: %(outcome)s.") % {"outcome": decided.get_outcome_display()})
                if decided.outcome == Outcome.OVERTURNED and queries.sanctions_in_force(decided):
                    messages.warning(request, str(NobodyToFree.message))
                return self.next_view(request) if "next" in request.POST else redirect(_QUEUE)
        context = {
            **self._around(request, case),
            **appealed(case.appeal or appeal, _moderator(request)),
            "title": _("An appeal"),
            "form": form,
        }
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/moderation/case/appeal.html", context, status=status)

    def _page(
        self, request: HttpRequest, case: Case, forms_of_case: CaseForms, changed: WhatChanged | None
    ) -> HttpResponse:
        reader = unfiltered(reader_of(request))
        signals = queries.signals_of(case)
        context = {
            **self._around(request, case),
            "title": _("A case"),
            **forms_of_case.context(),
            "changed": changed,
            "before": [(each, state_words(each)) for each in queries.sanctions_on_name_of(case.post)],
            "signals": [(label_words(one.label), severity_words(one.severity), signal_words(one)) for one in signals],
            "passages": queries.passages(forum.words_of(reader, case.post), signals) if signals else [],
            "rule_set": signals[0].rule_set if signals else "",
            "reports": [(desk_id_of(report), report) for report in queries.reports_of(case)],
            "judgements": Judgement.choices,
        }
        status = 400 if forms_of_case.has_errors else 200
        return TemplateResponse(request, "admin/moderation/case/decide.html", context, status=status)

    def _around(self, request: HttpRequest, case: Case) -> dict[str, Any]:
        """What every page of a case shows: who has it, why it is here, the post in its thread, what was decided."""
        reader, moderator = unfiltered(reader_of(request)), _moderator(request)
        if case.is_taken_by(moderator.pk):
            claims.take(case, actor=moderator)  # a sign of life: reading takes time
        post = case.post
        revisions = forum.revisions_of(reader, post)
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "note_form": CaseNoteForm(),
            "case_notes": queries.notes_about(case, is_lead=is_lead(moderator)),
            "case": case,
            "hold": hold_of(post),
            "is_kept_sealed": post.state == PostState.ERASED and minimum_of(post) is not None,
            "is_mine": case.is_taken_by(moderator.pk),
            "is_others": case.is_taken and not case.is_taken_by(moderator.pk),
            "is_lead": is_lead(moderator),
            "seen": Seen.of(case),
            "reasons": [reason_words(reason) for reason in case.reasons],
            "lane_hours": int(TARGET_HOURS[Lane(case.lane)]),
            "lane_minutes": int(TARGET_HOURS[Lane(case.lane)] * 60),
            "parts": [(part_words(code), hours) for code, hours in case.head_start.items()],
            "since": _hour(case, "opened_at"),
            "due": _hour(case, "due_at" if case.due_at > case.opened_at else "opened_at"),
            "category": post.thread.category.title,
            "post": forum.show_post(reader, post, None),
            "ancestors": forum.ancestors_of(reader, post),
            "asked": forum.wish_above(reader, post),
            "revisions": revisions,
            "last_edit": forum.revision_of(reader, post) if revisions else None,
            "decisions": queries.decisions_about(case),
            "undo": _undo_bar(moderator),
        }

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Case | None:
        if not (object_id.isascii() and object_id.isdigit()):
            return None
        return (
            Case.objects.select_related("post__thread__category", "claimed_by", "appeal")
            .filter(pk=int(object_id))
            .first()
        )

    def has_view_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        """The list shows first words, a case all of them: for those who may read every post."""
        is_ones_own = obj is not None and obj.post.author_id == request.user.pk
        return not is_ones_own and request.user.has_perm(SEE_EVERY_POST) and super().has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        is_ones_own = obj is not None and obj.post.author_id == request.user.pk
        return not is_ones_own and request.user.has_perm(SEE_EVERY_POST) and super().has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What happened to a case stands on its page; Django's own history is of rows that were edited."""
        return redirect(_CASE, object_id)


# --- What a button of the page does -----------------------------------------------------------------------------------

_Deed = Callable[[Case, "User", HttpRequest], tuple[Any, bool]]  # what is said, and whether it leads back to the queue


def _take(case: Case, moderator: User, _request: HttpRequest) -> tuple[Any, bool]:
    claims.take(case, actor=moderator)
    return _("It is yours for some minutes. Every page of it that you open gives you more."), False


def _take_over(case: Case, moderator: User, _request: HttpRequest) -> tuple[Any, bool]:
    claims.take_over(case, actor=moderator)
    return _("You have taken it over. It stands in the log."), False


def _hand_over(case: Case, moderator: User, _request: HttpRequest) -> tuple[Any, bool]:
    claims.hand_over(case, actor=moderator)
    return _("Somebody else will take it. You need not say why."), True


def _put_off(case: Case, moderator: User, request: HttpRequest) -> tuple[Any, bool]:
    hours = request.POST.get("hours", "")
    cases.put_off(case, actor=moderator, seen=_seen(request), hours=int(hours) if hours.isdecimal() else 0)
    return _("It comes back by itself."), True


def _pass_on(case: Case, moderator: User, request: HttpRequest) -> tuple[Any, bool]:
    passed = cases.pass_on(case, actor=moderator, seen=_seen(request))
    to_leads = passed.state == CaseState.ESCALATED
    return _("The leads have it now.") if to_leads else _("Everybody can take it again."), True


def _undo(case: Case, moderator: User, request: HttpRequest) -> tuple[Any, bool]:
    undoing.undo_decision(case, actor=moderator, seen=_seen(request))
    return _("Undone. Nobody was told. What you had typed is below, and the case is yours again."), False


def _note(case: Case, moderator: User, request: HttpRequest) -> tuple[Any, bool]:
    said = request.POST
    notes.add_note(case, actor=moderator, text=said.get("note-text", ""), audience=said.get("note-audience", ""))
    return _("Written down, for the team alone."), False


def _lock_branch(case: Case, moderator: User, _request: HttpRequest) -> tuple[Any, bool]:
    effects.set_branch_lock(case.post, actor=moderator, is_locked=True)
    return _("It takes no more replies. You can open it again here."), False


def _unlock_branch(case: Case, moderator: User, _request: HttpRequest) -> tuple[Any, bool]:
    effects.set_branch_lock(case.post, actor=moderator, is_locked=False)
    return _("It takes replies again."), False


def _judge(case: Case, moderator: User, request: HttpRequest) -> tuple[Any, bool]:
    said = request.POST
    report = report_at_desk(case, said.get("report", ""))
    judge_report(report.reference, case=case, actor=moderator, judgement=said.get("judgement", ""))
    return _("Noted. It changes nothing about the post."), False


_DEEDS: dict[str, _Deed] = {
    "take": _take,
    "take_over": _take_over,
    "hand_over": _hand_over,
    "put_off": _put_off,
    "pass_on": _pass_on,
    "judge": _judge,
    "undo": _undo,
    "note": _note,
    "lock_branch": _lock_branch,
    "unlock_branch": _unlock_branch,
}


def _point_at(form: forms.Form, error: Invalid) -> None:
    for name, texts in error.fields.items():
        form.add_error(name, [str(text) for text in texts])


def _seen(request: HttpRequest) -> Seen:
    seen = Seen.parse(request.POST.get("seen", ""))
    if seen is None:
        raise cases.CaseChanged
    return seen


def _moderator(request: HttpRequest) -> User:
    return cast("User", request.user)  # the admin lets nobody else in


def _undo_bar(moderator: User) -> dict[str, Any] | None:
    """What they decided some seconds ago, and can undo as long as its word has not left."""
    last = undoing.undoable_by(moderator)
    if last is None:
        return None
    case = last.decision.case
    return {
        "case": case,
        "action": last.decision.get_action_display(),
        "seen": Seen.of(case),
        "seconds": ceil((last.until - timezone.now()).total_seconds()),
    }


def _typed_before(case: Case, moderator: User) -> dict[str, Any]:
    """For the forms: what this moderator had sent, and undid."""
    last = undoing.typed_before(case, moderator)
    if last is None:
        return {}
    decision, typed = last
    said = {f"right_{label}": "yes" if is_right else "no" for label, is_right in typed.get("judged", {}).items()}
    return {**typed, **said, **{name: getattr(decision, name) for name in ("action", "word", "reason")}}


def _row(case: Case, moderator: User) -> dict[str, Any]:
    return {
        "case": case,
        "what": forum.first_words(case.post),
        "why": "; ".join(str(reason_words(reason)) for reason in case.reasons),
        "where": case.post.thread.category.title,
        "since": _hour(case, "opened_at"),
        "due": _hour(case, "due_at" if case.due_at > case.opened_at else "opened_at"),
        "is_mine": case.is_taken_by(moderator.pk),
    }


def _hour(case: Case, field: str) -> str:
    time = getattr(case, field)
    return f"{time:%d %b, %H:%M}" if case.is_live else f"{time:%d %b}"
