from __future__ import annotations

from django.urls import path

from crisis.api import views

urlpatterns = [path("crisis-resources/", views.CrisisResourceList.as_view(), name="crisis-resources")]
