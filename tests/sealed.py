"""What sealed records hold, for tests that have the key."""

from __future__ import annotations

import json
from typing import Any

from accounts.models import SealedRecord
from accounts.sealed_records import Kind
from common.sealing import unseal


def kept(*kinds: Kind) -> list[tuple[str, str, Any]]:
    """Kind, owner and value of each record, and item of a list, of these kinds; of all, where none is named."""
    rows = SealedRecord.objects.values_list("content", flat=True)
    records = [json.loads(unseal("record", content)) for content in rows]
    names = {kind.name for kind in kinds}
    return [(kind, owner, value) for kind, owner, value, _place in records if value and (not names or kind in names)]
