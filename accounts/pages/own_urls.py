"""What is one's own: visits, a copy, leaving. Beside the addresses that allauth names."""

from __future__ import annotations

from django.urls import path, re_path

from accounts.pages import breaks, own_data, visits

app_name = "accounts"
urlpatterns = [
    path("export/", own_data.export, name="export"),
    re_path(r"^export/(?P<name>notes\.(?:json|txt))$", own_data.export_file, name="export-file"),
    path("export/remove/", own_data.export_remove, name="export-remove"),
    path("erase/", own_data.erase, name="erase"),
    path("closing/<pid:job_id>/", own_data.closing, name="closing"),
    path("reopen/", own_data.reopen, name="reopen"),
    path("break/", breaks.break_page, name="break"),
    path("break/end/", breaks.break_end, name="break-end"),
    path("visits/", visits.visits, name="visits"),
    path("visits/others/end/", visits.visits_end_others, name="visits-end-others"),
    path("visits/<pid:visit_id>/end/", visits.visit_end, name="visit-end"),
]
