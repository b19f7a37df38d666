"""Sanctions: the form beside a decision, the list, and the page of one, where it is lifted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Invalid, NotAllowed
from common.forms import FreeTextField
from forum.queries import label_of, show_post
from forum.visit import SEE_EVERY_POST, reader_at_desk, unfiltered
from moderation import queries
from moderation.admin.desk import moderator_of
from moderation.admin.refusing import form_page
from moderation.folding import fold_of
from moderation.models import Level, Sanction
from moderation.policies import DECIDE
from moderation.services.sanctions import (
    MAX_REASON_CHARS,
    MOST_DAYS,
    REASON_MISSING,
    LiftingNeedsLead,
    Terms,
    gives_bans,
    lift_sanction,
    needs_lead_to_lift,
)

if TYPE_CHECKING:
    from django.http import QueryDict

    from accounts.models import User


class SanctionForm(forms.Form):
    """Part of the form of a decision: nothing of it is needed, and most decisions have none."""

    prefix = "sanction"
    level = forms.ChoiceField(
        label=_("For whoever wrote it"),
        choices=[
            ("", _("nothing: this is about the post alone")),
            (Level.WARNING, _("a warning: they read the reason, nothing else follows")),
            (Level.PREMODERATION, _("a first look: what they write waits")),
            (Level.SUSPENSION, _("a suspension: they write nothing new for some days")),
            (Level.BAN, _("a ban: they write nothing new any more")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    days = forms.IntegerField(
        label=_("For how many days"),
        help_text=_("Needed for a suspension. Without days a first look has no end."),
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
    )
    only_here = forms.ChoiceField(
        label=_("Where"),
        choices=[("", _("everywhere")), ("1", _("in this part of the forum alone"))],
        required=False,
    )
    reason = FreeTextField(
        label=_("Why, for its author"),
        help_text=_("Kindly, and about what was written. They read it with their post."),
        required=False,
        max_length=MAX_REASON_CHARS,
        rows=3,
    )

    def __init__(self, data: QueryDict | None, *, initial: dict[str, Any], moderator: User) -> None:
        super().__init__(data, initial=initial)
        if not gives_bans(moderator) and self["level"].value() != Level.BAN:  # sent all the same it is refused in words
            level = self.fields["level"]
            level.choices = [each for each in level.choices if each[0] != Level.BAN]  # type: ignore[attr-defined]

    @staticmethod
    def typed(terms: dict[str, Any]) -> dict[str, Any]:
        """What the form shows for such terms."""
        return {**terms, "only_here": "1" if terms.get("only_here") else ""}

    def terms(self) -> Terms | None:
        """None: no sanction."""
        said = self.cleaned_data  # without what was refused
        if not said.get("level"):
            return None
        return Terms(said["level"], said.get("reason", ""), said.get("days"), bool(said.get("only_here")))


class LiftForm(forms.Form):
    why = FreeTextField(
        label=_("Why it is taken back"),
        help_text=_("Its author reads it with their post."),
        max_length=MAX_REASON_CHARS,
        rows=3,
        error_messages={"required": REASON_MISSING},
    )


@admin.register(Sanction)
class SanctionAdmin(admin.ModelAdmin[Sanction]):
    list_display = ("given_on", "name", "level", "where", "until", "stands")
    list_filter = ("level",)
    list_per_page = 50
    show_full_result_count = False
    actions = None
    ordering = ("-given_on", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sanction]:
        return queries.sanctions()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"title": _("Sanctions, the newest first"), **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        sanction = self.get_object(request, object_id)
        if sanction is None or not self.has_change_permission(request, sanction):
            return redirect("admin:moderation_sanction_changelist")
        form = LiftForm(request.POST or None)
        if form.is_valid():
            try:
                lift_sanction(sanction, actor=moderator_of(request), why=form.cleaned_data["why"])
            except Invalid as error:
                form.add_error("why", [str(text) for texts in error.fields.values() for text in texts])
            except (Conflict, NotAllowed) as error:
                form.add_error(None, str(error.text))
            else:
                messages.success(request, _("It is lifted, and its author can read why."))
                return redirect("admin:moderation_sanction_changelist")
        for_lead = needs_lead_to_lift(sanction, moderator_of(request))
        context = {
            **self.admin_site.each_context(request),
            "title": _("A sanction"),
            "opts": self.opts,
            "form": form,
            "sanction": sanction,
            "name": label_of(sanction.post),
            "where": self.where(sanction),
            "stands": self.stands(sanction),
            "may_lift": sanction.is_in_force and not for_lead,
            "for_lead": LiftingNeedsLead.message if sanction.is_in_force and for_lead else "",
            "post": show_post(unfiltered(reader_at_desk(request)), sanction.post, None),
            "fold": fold_of(sanction.post, moderator=moderator_of(request)),
        }
        return form_page(request, "admin/moderation/sanction/lift.html", context, form)

    @admin.display(description=_("on the name"))
    def name(self, sanction: Sanction) -> str:
        return label_of(sanction.post)

    @admin.display(description=_("where"))
    def where(self, sanction: Sanction) -> str:
        return sanction.category.title if sanction.category else str(_("everywhere"))

    @admin.display(description=_("how it stands"))
    def stands(self, sanction: Sanction) -> str:
        return str(state_words(sanction))

    def has_view_permission(self, request: HttpRequest, obj: Sanction | None = None) -> bool:
        return request.user.has_perm(SEE_EVERY_POST) and request.user.has_perm(DECIDE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Sanction | None = None) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Sanction | None = None) -> bool:
        return False


def state_words(sanction: Sanction) -> Any:
    if sanction.level == Level.WARNING:
        return _("said")
    if sanction.lifted_on is not None:
        return _("lifted")
    return _("in force") if sanction.is_in_force else _("over")
