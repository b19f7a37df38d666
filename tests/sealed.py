"""What sealed records hold, for tests that have the key."""

from __future__ import annotations

import json
from typing import Any

from accounts.models import SealedRecord
from common.sealing import unseal


def kept(*kinds: str) -> list[tuple[str, str, Any]]:
    """Kind, owner and value of each record of these kinds; of all, where none is named."""
    records = [
        json.loads(unseal("record", content)) for content in SealedRecord.objects.values_list("content", flat=True)
    ]
    return [(kind, owner, value) for kind, owner, value in records if not kinds or kind in kinds]
