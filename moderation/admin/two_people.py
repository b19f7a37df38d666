"""What two people look at together: asking, approving, looking. One page, no rows to edit."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError, Invalid, NotFound
from common.public_id import ALPHABET, LENGTH
from forum.queries import post_at_desk
from moderation import queries
from moderation.models import Access, AccessRequest
from moderation.policies import can_decide, is_lead
from moderation.services.two_people import MAX_REASON_CHARS, approve_look, ask_for_look, look

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Post

PAGE = "admin:moderation_accessrequest_changelist"
_PUBLIC_ID = re.compile(f"(?<![{ALPHABET}])[{ALPHABET}]{{{LENGTH}}}(?![{ALPHABET}])")


class PostField(forms.CharField):
    """A post by its address, or by what stands of it there."""

    def clean(self, value: Any) -> Post:
        found = _PUBLIC_ID.findall(super().clean(value))
        for public_id in found:
            try:
                return post_at_desk(public_id)
            except NotFound:
                continue
        raise forms.ValidationError(_("There is no post with this address. Copy it from the page of the post."))


class AskForm(forms.Form):
    post = PostField(label=_("The address of the post"), max_length=200)
    access = forms.ChoiceField(label=_("What to look at"), choices=Access, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("For whoever approves it. Whoever wrote the post reads it too, unless you say below why not."),
        max_length=MAX_REASON_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    quiet_because = forms.CharField(
        label=_("Why its author is not told that their account was looked up"),
        help_text=_("Leave it empty: then they read it with their post."),
        required=False,
        max_length=MAX_REASON_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.UNMASKING_DAYS:  # what is off is not offered; a form from before is told so
            offered = [choice for choice in Access.choices if choice[0] != Access.UNMASKING]
            self.fields["access"].widget.choices = offered
            self.fields["access"].initial = Access.EVIDENCE


@admin.register(AccessRequest)
class AccessRequestAdmin(admin.ModelAdmin[AccessRequest]):
    def get_urls(self) -> list[URLPattern]:
        return [path("", self.admin_site.admin_view(self.page), name="moderation_accessrequest_changelist")]

    def page(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            return redirect("admin:index")
        do = request.POST.get("do", "")
        form = AskForm(request.POST if do == "ask" else None, initial={"post": request.GET.get("post", "")})
        deeds: dict[str, Callable[[HttpRequest], HttpResponse]] = {"approve": self._approve, "look": self._look}
        try:
            if deed := deeds.get(do):
                return deed(request)
            if form.is_valid():
                ask_for_look(actor=cast("User", request.user), **form.cleaned_data)
                messages.success(request, _("Asked. Somebody else can approve it within a day. It stands in the log."))
                return redirect(PAGE)
        except Invalid as error:
            for name, texts in error.fields.items():
                form.add_error(name, [str(text) for text in texts])
        except HearthError as error:
            if do != "ask":
                messages.error(request, str(error.text))
                return redirect(PAGE)
            form.add_error(None, str(error.text))
        return self._shown(request, form=form)

    def _approve(self, request: HttpRequest) -> HttpResponse:
        asked = queries.look_with(request.POST.get("look", ""))
        approve_look(asked, actor=cast("User", request.user))
        messages.success(request, _("Approved. Whoever asked has an hour to look, once."))
        return redirect(PAGE)

    def _look(self, request: HttpRequest) -> HttpResponse:
        """The answer to this one sending, not a page to come back to."""
        seen = look(queries.look_with(request.POST.get("look", "")), actor=cast("User", request.user))
        context = {**self.admin_site.each_context(request), "title": _("One look"), "opts": self.opts, "seen": seen}
        return TemplateResponse(request, "admin/moderation/looked.html", context)

    def _shown(self, request: HttpRequest, *, form: AskForm) -> HttpResponse:
        moderator = cast("User", request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Looks of two people"),
            "opts": self.opts,
            "form": form,
            "is_lead": is_lead(moderator),
            "days": settings.UNMASKING_DAYS,
            "rows": [(asked, asked.asked_by_id == moderator.pk) for asked in queries.looks()],
        }
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/moderation/two_people.html", context, status=status)

    def has_view_permission(self, request: HttpRequest, obj: AccessRequest | None = None) -> bool:
        return can_decide(cast("User", request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AccessRequest | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AccessRequest | None = None) -> bool:
        return False
