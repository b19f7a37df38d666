"""What somebody should look at once more before they send it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from common.rate_limits import Limit
from forum.api.base import ForumView
from forum.draft_check import DraftText, remarks_on
from forum.queries import ShownWish, post_for, wish_of_others
from forum.text import clean_source, clean_title


class WordsIn(serializers.CharField):
    """Of what is no text, places could not be told."""

    default_error_messages = {"invalid": _("This must be words, in quotation marks.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class DraftCheckIn(serializers.Serializer[Any]):
    title = WordsIn(required=False, allow_blank=True, default="", trim_whitespace=False)
    text = WordsIn(allow_blank=True, trim_whitespace=False)
    parent_id = serializers.CharField(
        required=False, max_length=40, help_text="Of a reply: what it answers, for what its conversation asks for."
    )


class RemarkOut(serializers.Serializer[Any]):
    kind = serializers.CharField(
        help_text="identifying: it could help somebody find a person. wish: the conversation may ask not to read it."
    )
    type = serializers.CharField(
        help_text="Of what is identifying: email, phone, name and so on. Of a wish: which one, or which limit."
    )
    field = serializers.ChoiceField(["title", "text"])
    start = serializers.IntegerField(help_text="In Unicode code points, as are all offsets.")
    end = serializers.IntegerField()
    says = serializers.CharField(help_text="What it could tell or do, in a sentence for the author.")
    wording = serializers.CharField(help_text="What could stand there instead. Empty: nothing is offered.")


class DraftCheckOut(serializers.Serializer[Any]):
    remarks = RemarkOut(many=True)


class DraftCheckView(ForumView):
    writes = Limit("draft-checks", quota=60, window=60)

    @extend_schema(request=DraftCheckIn, responses=DraftCheckOut, operation_id="checkDraft")
    def post(self, request: Request) -> Response:
        """Ask before you send a story, a reply or an edit, and show what comes back to its author alone. It is read on
        this server, stored and logged nowhere, and whatever is found may be sent as it is.
        """
        body = checked(DraftCheckIn, request)
        asked = ShownWish()
        if parent_id := body.get("parent_id"):
            asked = wish_of_others(self.reader, post_for(self.reader, parent_id))
        draft = DraftText(body["title"], body["text"], asked.wish, asked.limits)
        clean_title(draft.title)
        clean_source(draft.text or " ")
        return Response(DraftCheckOut({"remarks": remarks_on(draft)}).data)
