"""How services look to a client. Output only."""

from __future__ import annotations

from typing import ClassVar

from rest_framework import serializers

from crisis.models import Resource


class TraceSerializer(serializers.Serializer[object]):
    way = serializers.ChoiceField(choices=["phone", "text", "chat", "web"], read_only=True)
    sentence = serializers.CharField(read_only=True)


class ResourceSerializer(serializers.ModelSerializer[Resource]):
    country_name = serializers.CharField(read_only=True)
    dial = serializers.CharField(
        read_only=True,
        help_text="Dial exactly this inside the country; empty if no single number does. Never derive it.",
    )
    hours = serializers.CharField(read_only=True, help_text="Local time, in words. Empty: not stated.")
    sms = serializers.CharField(
        read_only=True, help_text="Text to exactly this inside the country; empty where it is no ordinary text message."
    )
    is_open = serializers.BooleanField(
        source="openness.is_open",
        allow_null=True,
        read_only=True,
        help_text="By its usual hours. Null: not known.",
    )
    open_words = serializers.CharField(source="openness.words", read_only=True, help_text="The same in a sentence.")
    languages = serializers.ListField(
        child=serializers.CharField(), source="language_tags", read_only=True, help_text="BCP 47 tags."
    )
    note = serializers.CharField(source="reader_note", read_only=True)
    as_of = serializers.CharField(read_only=True, help_text="Year and month of the newest source, or empty.")
    last_checked = serializers.CharField(read_only=True, help_text="When this site last checked it, in words.")
    traces = TraceSerializer(many=True, read_only=True, help_text="What each way of contact leaves behind, in words.")

    class Meta:
        model = Resource
        fields: ClassVar = [
            "slug",
            "country",
            "country_name",
            "region",
            "name",
            "kind",
            "phone",
            "dial",
            "text",
            "sms",
            "chat_url",
            "web_url",
            "hours",
            "opening",
            "time_zone",
            "is_open",
            "open_words",
            "languages",
            "free",
            "note",
            "source_count",
            "as_of",
            "last_checked",
            "traces",
        ]
        read_only_fields = fields


class HelpSerializer(serializers.Serializer[object]):
    country = serializers.CharField(allow_null=True, read_only=True)
    resources = ResourceSerializer(many=True, read_only=True)
    pinned = ResourceSerializer(many=True, read_only=True, help_text="Show these beside any other. Never empty.")


class CardSerializer(serializers.Serializer[object]):
    """Shown at once to whoever may be in danger, and to nobody else."""

    country = serializers.CharField(allow_null=True, read_only=True, help_text="Null: lines for people anywhere.")
    is_chosen = serializers.BooleanField(
        read_only=True, help_text="False: a hint of the browser. Say so, and let them choose another country."
    )
    resources = ResourceSerializer(many=True, read_only=True, help_text="Never empty. The first ones first.")
    staffed = serializers.CharField(read_only=True, help_text="When somebody of the team is here, in words.")
