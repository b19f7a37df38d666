"""What comes in and goes out. Input has no model; output never a row's number."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

Shape = serializers.Serializer[Any]


class NamesOut(Shape):
    names = serializers.ListField(child=serializers.CharField(), help_text="Free a moment ago; none is reserved.")


class RecoveryWordsStateOut(Shape):
    exist = serializers.BooleanField(help_text="Whether there is a way back if the password is lost.")


class RecoveryWordsOut(Shape):
    recovery_words = serializers.CharField(
        help_text="Six words with hyphens between. Show them once and store them nowhere: only their hash is kept."
    )


class RecoveryIn(Shape):
    name = serializers.CharField(max_length=200)
    words = serializers.CharField(max_length=400)
    new_password = serializers.CharField(trim_whitespace=False)
    code = serializers.CharField(
        max_length=40, required=False, help_text="Of the second step, where the account has one."
    )
    is_second_factor_lost = serializers.BooleanField(
        required=False, help_text="Takes it away, three days after this was first said; docs/errors.md."
    )
