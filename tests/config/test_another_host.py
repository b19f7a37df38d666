"""Asked for by a name that is not ours, as whoever scans the internet does."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.mark.django_db
@pytest.mark.parametrize("is_secure", [True, False], ids=["https", "http"])
def test_a_host_that_is_not_ours_is_refused_not_broken(settings: Settings, is_secure: bool) -> None:
    settings.SECURE_SSL_REDIRECT = True  # asks for the host's name before there is a session
    answer = Client(raise_request_exception=False).get("/", secure=is_secure, headers={"host": "192.0.2.7"})
    assert answer.status_code == 400
    assert "This could not be read" in answer.text
