"""What is sent empty comes back with what to do, in words of ours."""

from __future__ import annotations

import pytest
from django.test import Client

from forum.models import Category
from forum.services.visibility import publish_post
from tests.personas import written_by_guest

FILLED_IN = {"form_key": "a" * 20, "speaks_as": "GUEST", "csrfmiddlewaretoken": "a"}  # by the page itself


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/new/", "Please write something first."),
        ("/new/", "A story needs a title."),
        ("/p/{post}/reply/", "Please write something first."),
        ("/claim/", "Write here the six words"),
        ("/search/", "Write here what you are looking for."),
    ],
)
def test_an_empty_form_says_what_to_do(client: Client, category: Category, address: str, says: str) -> None:
    post = publish_post(written_by_guest(category).post, actor=None)
    sent = {**FILLED_IN, "category": category.public_id}
    answer = client.post(address.format(post=post.public_id), sent)
    assert says in answer.text
    assert "This field is required." not in answer.text
