"""What the team sets against a raid: one page, no rows to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError
from moderation import queries
from moderation.models import RaidSwitch, Switch
from moderation.policies import can_decide
from moderation.services.raid import MOST_HOURS, end_switch, set_switch

if TYPE_CHECKING:
    from accounts.models import User

PAGE = "admin:moderation_raidswitch_changelist"
_HELP = {
    Switch.NO_SIGN_UPS: _(
        "Nobody can make an account. Whoever has one signs in as always, and a guest can still write; that waits for a "
        "first look, as ever."
    ),
    Switch.HOLD_EVERYTHING: _(
        "Whoever writes or changes something, members of years too, waits until one of you has read it. What is there "
        "already stays there."
    ),
}


class SwitchForm(forms.Form):
    hours = forms.IntegerField(label=_("For how many hours"), min_value=1, max_value=MOST_HOURS, initial=12)


@admin.register(RaidSwitch)
class RaidSwitchAdmin(admin.ModelAdmin[RaidSwitch]):
    def get_urls(self) -> list[URLPattern]:
        return [path("", self.admin_site.admin_view(self.page), name="moderation_raidswitch_changelist")]

    def page(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            return redirect("admin:index")
        forms_by_switch = {each: SwitchForm(prefix=each.value) for each in Switch}
        status = 200
        if request.method == "POST" and request.POST.get("switch") in Switch.values:
            switch = Switch(request.POST["switch"])
            form = forms_by_switch[switch] = SwitchForm(request.POST, prefix=switch.value)
            if "end" in request.POST or form.is_valid():
                return self._done(request, switch, form)
            status = 400
        set_now = {row.switch: row for row in queries.raid_switches()}
        context = {
            **self.admin_site.each_context(request),
            "title": _("Under a raid"),
            "opts": self.opts,
            "rows": [(each, _HELP[each], set_now.get(each), forms_by_switch[each]) for each in Switch],
        }
        return TemplateResponse(request, "admin/moderation/raid.html", context, status=status)

    def _done(self, request: HttpRequest, switch: Switch, form: SwitchForm) -> HttpResponse:
        moderator = cast("User", request.user)
        try:
            if "end" in request.POST:
                end_switch(switch, actor=moderator)
                messages.success(request, _("It is over. It stands in the log."))
            else:
                set_switch(switch, actor=moderator, hours=form.cleaned_data["hours"])
                messages.success(request, _("It is set, and ends by itself. It stands in the log."))
        except HearthError as error:
            messages.error(request, str(error.text))
        return redirect(PAGE)

    def has_view_permission(self, request: HttpRequest, obj: RaidSwitch | None = None) -> bool:
        return can_decide(cast("User", request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: RaidSwitch | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RaidSwitch | None = None) -> bool:
        return False
