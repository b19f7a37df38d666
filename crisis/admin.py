"""The desk's view of the directory. Every button calls a service; nothing is deleted but a pin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from crisis import services
from crisis.models import Pin, Resource, Scope
from crisis.queries import due_for_checking

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class PinForm(forms.ModelForm[Pin]):
    place = forms.CharField(
        label=_("place"),
        required=False,
        help_text=_("The address of the category or thread, or its id; empty for every page."),
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        scope, place = self.cleaned_data.get("scope"), self.cleaned_data.get("place")
        if place and scope in {Scope.CATEGORY, Scope.THREAD}:
            try:
                self.cleaned_data["place"] = services.id_of_place(scope, place)
            except services.NoSuchPlace as error:
                self.add_error("place", str(error.text))
        return cleaned


class DueFilter(admin.SimpleListFilter):
    title = _("checking")
    parameter_name = "check"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, _StrOrPromise]]:
        return [("due", _("due: not checked for ninety days, or never"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Resource]) -> QuerySet[Resource]:
        return queryset.filter(pk__in=due_for_checking().values("pk")) if self.value() == "due" else queryset


@admin.register(Resource)
class ResourceAdmin(admin.ModelAdmin[Resource]):
    change_form_template = "admin/crisis/resource/change_form.html"
    list_display = ("slug", "country", "region", "name", "kind", "phone", "as_of", "verified_on", "is_hidden")
    list_filter = (DueFilter, "has_left_list", "country", "kind", "is_hidden")
    search_fields = ("slug", "name", "phone", "dial")
    actions = ("hide", "show")
    fields = (*services.COLUMNS, "verified_on", "is_hidden", "is_ours", "has_left_list")

    def get_readonly_fields(self, request: HttpRequest, obj: Resource | None = None) -> list[str]:
        told = ["is_hidden", "is_ours", "has_left_list"]
        return ["slug", *told] if obj else told

    def has_delete_permission(self, request: HttpRequest, obj: Resource | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Resource, form: Any, change: bool) -> None:  # noqa: FBT001 - as Django has it
        services.save_resource(obj, actor=request.user)

    def get_urls(self) -> list[URLPattern]:
        tried = path("<int:pk>/tried/", self.admin_site.admin_view(self.tried_view), name="crisis_resource_tried")
        return [tried, *super().get_urls()]

    def tried_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """ "I called it, it works": what to try, step by step, and one button for when all of it is right."""
        resource = self.get_object(request, str(pk))
        if resource is None or not self.has_change_permission(request, resource):
            return redirect("admin:crisis_resource_changelist")
        if request.method == "POST":
            services.confirm_resource(resource, actor=request.user)
            self.log_change(request, resource, gettext("Tried: it works."))
            self.message_user(request, _("Thank you. Readers now see that it was checked this month."))
            return redirect(f"{reverse('admin:crisis_resource_changelist')}?check=due")
        context = {**self.admin_site.each_context(request), "title": _("Try it"), "resource": resource}
        return TemplateResponse(request, "admin/crisis/resource/tried.html", context)

    @admin.action(description=_("Hide from readers"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Resource]) -> None:
        for resource in queryset:
            try:
                services.hide_resource(resource, actor=request.user)
            except Conflict as error:
                self.message_user(request, f"{resource}: {error.text}", messages.ERROR)
            else:
                self.log_change(request, resource, gettext("Hidden from readers."))
                self.message_user(request, _("%(service)s: readers do not see it any more.") % {"service": resource})

    @admin.action(description=_("Show to readers again"), permissions=["change"])
    def show(self, request: HttpRequest, queryset: QuerySet[Resource]) -> None:
        for resource in queryset:
            services.show_resource(resource, actor=request.user)
            self.log_change(request, resource, gettext("Shown to readers again."))
            self.message_user(request, _("%(service)s: readers see it again.") % {"service": resource})


@admin.register(Pin)
class PinAdmin(admin.ModelAdmin[Pin]):
    form = PinForm
    list_display = ("resource", "scope", "place", "position")
    list_filter = ("scope",)
    list_select_related = ("resource",)
    actions = None  # no deleting by the dozen: each pin is asked about alone

    def has_change_permission(self, request: HttpRequest, obj: Pin | None = None) -> bool:
        return False

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        kwargs["queryset"] = Resource.objects.filter(is_hidden=False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Pin, form: Any, change: bool) -> None:  # noqa: FBT001 - as Django has it
        pin = services.pin_resource(
            obj.resource, actor=request.user, scope=obj.scope, place=obj.place, position=obj.position
        )
        obj.pk = pin.pk  # the admin speaks of `obj` afterwards

    def delete_model(self, request: HttpRequest, obj: Pin) -> None:
        services.unpin(obj, actor=request.user)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except services.LastPin as error:
            self.message_user(request, error.text, messages.ERROR)
            return redirect("admin:crisis_pin_changelist")
