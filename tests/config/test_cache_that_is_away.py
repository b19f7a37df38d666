"""P8: the shared cache may be away; nobody is turned away, and nobody's words are lost for it."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from forum.models import Category, Post


@pytest.fixture
def _no_cache(settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "config.cache.SturdyRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",  # nobody listens there
            "OPTIONS": {"socket_connect_timeout": 1},
        }
    }


@pytest.mark.usefixtures("_no_cache", "clock")
def test_a_story_is_taken_without_it_and_limits_still_hold(client: Client, category: Category) -> None:
    def send(number: int) -> int:
        body = {"category_id": category.public_id, "title": "T", "text": "Words."}
        return client.post(
            "/api/v1/threads/",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": f"a-key-of-our-own-{number}"},
        ).status_code

    answers = [send(number) for number in range(31)]
    assert answers == [201] * 30 + [429]
    assert Post.objects.count() == 30
