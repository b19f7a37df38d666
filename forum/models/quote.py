from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.public_id import RandomKeyField


class Quote(models.Model):
    """Words of one post that a reply in the same thread quotes, as plain text.

    They stay those of `quoted`: whoever may not read that reads no quote of it, and what is erased there, or edited
    away, is emptied here (forum/services/quoting.py). So they are no part of the reply's own text or of search.
    """

    id = RandomKeyField()
    post = models.OneToOneField("forum.Post", models.CASCADE, related_name="quote")
    quoted = models.ForeignKey("forum.Post", models.CASCADE, related_name="quotes")
    passage = models.TextField(_("passage"), blank=True)

    def __str__(self) -> str:
        return "quote"
