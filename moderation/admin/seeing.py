"""What a form was filled in over: the case as whoever sends it had it before them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms

from common.errors import HearthError, Stale
from moderation.models import Seen
from moderation.services.cases import CaseChanged

if TYPE_CHECKING:
    from django.http import QueryDict

    from moderation.models import Case


class SeenForm(forms.Form):
    """`seen` is a `Seen` once it is clean. One that is missing or cannot be read is refused as stale."""

    seen = forms.CharField(widget=forms.HiddenInput, error_messages={"required": CaseChanged.message})

    def clean_seen(self) -> Seen:
        seen = Seen.parse(self.cleaned_data["seen"])
        if seen is None:
            raise forms.ValidationError(str(CaseChanged.message))
        return seen

    def refuse(self, error: HearthError, case: Case) -> None:
        """What was typed stays. Where the case had changed, it is sent again about `case`, as it is now."""
        self.add_error(None, str(error.text))
        if isinstance(error, Stale):
            sent = cast("QueryDict", self.data).copy()
            sent[self.add_prefix("seen")] = str(Seen.of(case))
            self.data = sent
