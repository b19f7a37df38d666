"""What the team sets against a raid: one page, no rows to edit."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError
from moderation import queries
from moderation.admin.desk import OnePage, moderator_of
from moderation.admin.refusing import form_page
from moderation.models import RaidSwitch, Switch
from moderation.services.raid import HOURS_UNREADABLE, MOST_HOURS, end_switch, set_switch

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
    hours = forms.IntegerField(
        label=_("For how many hours"),
        min_value=1,
        max_value=MOST_HOURS,
        initial=12,
        error_messages={"required": HOURS_UNREADABLE},
    )


@admin.register(RaidSwitch)
class RaidSwitchAdmin(OnePage):
    def page(self, request: HttpRequest) -> HttpResponse:
        forms_by_switch = {each: SwitchForm(prefix=each.value) for each in Switch}
        if request.method == "POST" and request.POST.get("switch") in Switch.values:
            switch = Switch(request.POST["switch"])
            form = forms_by_switch[switch] = SwitchForm(request.POST, prefix=switch.value)
            if "end" in request.POST or form.is_valid():
                return self._done(request, switch, form)
        set_now = {row.switch: row for row in queries.raid_switches()}
        context = {
            **self.frame(request, _("Under a raid")),
            "rows": [(each, _HELP[each], set_now.get(each), forms_by_switch[each]) for each in Switch],
        }
        return form_page(request, "admin/moderation/raid.html", context, *forms_by_switch.values())

    def _done(self, request: HttpRequest, switch: Switch, form: SwitchForm) -> HttpResponse:
        moderator = moderator_of(request)
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
