from __future__ import annotations

from django.urls import path

from crisis.pages import views

app_name = "crisis"

urlpatterns = [path("help/", views.help_page, name="help")]
