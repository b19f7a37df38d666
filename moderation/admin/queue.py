"""The queue, lane by lane; taking the next case; and how one wants to work."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from forum import queries as forum
from forum.visit import SEE_EVERY_POST
from moderation import queries
from moderation.admin import keys, oversight
from moderation.admin.desk import moderator_of
from moderation.admin.forms import DutyForm
from moderation.admin.refusing import form_page, point_at
from moderation.explaining import reason_words
from moderation.folding import Fold, folds_of
from moderation.models import Case, CaseState, Lane, Seen
from moderation.policies import is_lead, is_ones_own
from moderation.services import claims, duty, undoing
from moderation.services.batches import batch_of
from moderation.services.duty import EnoughForToday, OffDuty

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from moderation.models import Duty

QUEUE = "admin:moderation_case_changelist"
CASE = "admin:moderation_case_change"
DUTY = "admin:moderation_case_duty"
_LIFE_WAITS = _(
    "A case about a life waits that is not given to you, as you wished. You can take it or leave it to somebody else: "
    "nobody learns which."
)
_WHERE_IT_WAITS = _("Where it waits")
_STATES = (CaseState.OPEN, CaseState.ESCALATED, CaseState.SNOOZED, CaseState.WAITING, CaseState.CLOSED)


class QueueAdmin(admin.ModelAdmin[Case]):
    """Without the page of one case, which cases.py adds."""

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
        moderator = moderator_of(request)
        chosen = Lane(int(lane)) if lane in {str(each) for each in Lane.values} else None
        try:
            page = queries.queue_page(moderator, state=state, lane=chosen, cursor=request.GET.get("cursor"))
        except Invalid:
            return redirect(QUEUE)
        own = duty.duty_of(moderator)
        folds = folds_of([case.post for case in page.rows], moderator=moderator, duty=own)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cases"),
            "opts": self.opts,
            "page": page,
            "rows": [_row(case, moderator, folds[case.post_id]) for case in page.rows],
            "are_chosen_from": any(case.is_to_decide and not case.is_urgent for case in page.rows),
            "keys": keys.keys_for(own, keys.OF_QUEUE),
            "life_waits": _life_left(moderator, own),
            "state": state,
            "states": [(each.value, each.label) for each in _STATES],
            "chosen": chosen,
            "lanes": [(each, count) for each, count in queries.waiting_by_lane(moderator).items()],
            "most": queries.WAITING_AT_MOST,
            "lives_with_a_lead": queries.lives_with_a_lead(moderator),
            "is_lead": is_lead(moderator),
            "undo": undo_bar(moderator),
            "raid_switches": queries.raid_switches(),
            "waits_for_a_second": queries.waits_for_a_second(moderator),
            "own_post_waits": queries.own_post_waits_for_nobody(moderator),
        }
        return TemplateResponse(request, "admin/moderation/case/queue.html", context)

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """ "Take next": the most pressing case that nobody looks at."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            return redirect("admin:index")
        try:
            case = claims.take_next(actor=moderator_of(request), goes_on="goes_on" in request.POST)
        except OffDuty as off:
            messages.info(request, str(off.text))
            return redirect(DUTY)
        except EnoughForToday:
            return TemplateResponse(request, "admin/moderation/case/enough.html", self._frame(request, _("A break")))
        if (case is None or case.lane != Lane.LIFE) and (waits := _life_left(moderator_of(request))):
            messages.warning(request, format_html('{} <a href="{}">{}</a>', _LIFE_WAITS, waits, _WHERE_IT_WAITS))
        if case is None:
            messages.info(request, _("Nothing waits for you. Take a breath."))
            return redirect(QUEUE)
        return redirect(CASE, case.pk)

    def duty_view(self, request: HttpRequest) -> HttpResponse:
        """How one wants to work; for oneself alone."""
        if not self.has_change_permission(request):
            return redirect("admin:index")
        moderator = moderator_of(request)
        form = DutyForm(request.POST or None, initial=model_to_dict(duty.duty_of(moderator)))
        if form.is_valid():
            try:
                duty.choose_duty(moderator, actor=moderator, **form.cleaned_data)
            except Invalid as error:
                point_at(form, error)
            else:
                messages.success(request, _("Kept. Nobody else sees it."))
                return redirect(QUEUE)
        context = {**self._frame(request, _("How you want to work")), "form": form}
        return form_page(request, "admin/moderation/case/duty.html", context, form)

    def _frame(self, request: HttpRequest, title: Any) -> dict[str, Any]:
        moderator = moderator_of(request)
        around = {"title": title, "opts": self.opts, "undo": undo_bar(moderator), "life_waits": _life_left(moderator)}
        return {**self.admin_site.each_context(request), **around}

    def has_view_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        """The list shows first words, a case all of them: for those who may read every post."""
        return _may_see(request, obj) and super().has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return _may_see(request, obj) and super().has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return False


def _may_see(request: HttpRequest, case: Case | None) -> bool:
    is_own = case is not None and is_ones_own(case.post, moderator_of(request))
    return not is_own and request.user.has_perm(SEE_EVERY_POST)


def undo_bar(moderator: User) -> dict[str, Any] | None:
    """What they decided some seconds ago, and can undo as long as its word has not left."""
    last = undoing.undoable_by(moderator)
    if last is None:
        return None
    case = last.decision.case
    return {
        "case": case,
        "batch": batch_of(last.decision),
        "takes_back": last.decision.reverses_id is not None,
        "is_told": undoing.tells_somebody(last.decision),
        "action": last.decision.get_action_display(),
        "seen": Seen.of(case),
        "seconds": ceil((last.until - timezone.now()).total_seconds()),
    }


def _life_left(moderator: User, own: Duty | None = None) -> str:
    """Where a case about a life waits that is left to them to choose; empty: there is none."""
    waits = claims.life_left_to_choose(moderator, own or duty.duty_of(moderator))
    return f"{reverse(QUEUE)}?lane={Lane.LIFE.value}" if waits else ""


def _row(case: Case, moderator: User, fold: Fold) -> dict[str, Any]:
    return {
        "case": case,
        "what": fold.stands_for(case.post),
        "folded": forum.first_words(case.post) if fold.is_shut else "",
        "why": "; ".join(str(words) for words in map(reason_words, case.reasons) if words not in fold.told_first),
        "where": case.post.thread.category.title,
        "since": hour(case, case.opened_at),
        "due": hour(case, max(case.opened_at, case.due_at)),
        "is_mine": case.is_taken_by(moderator.pk),
    }


def hour(case: Case, time: dt.datetime) -> str:
    return f"{time:%d %b, %H:%M}" if case.is_live else f"{time:%d %b}"
