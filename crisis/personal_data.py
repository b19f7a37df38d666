"""Crisis keeps nothing about people (common/personal_data.py): which help somebody looked at is not written down."""

from __future__ import annotations

from common.personal_data import NobodysTable

TABLES: tuple[NobodysTable, ...] = (
    NobodysTable(
        "crisis.Resource",
        "a helpline or a service",
        [
            "id",
            "slug",
            "country",
            "region",
            "name",
            "kind",
            "phone",
            "dial",
            "text",
            "chat_url",
            "web_url",
            "hours",
            "sms",
            "opening",
            "time_zone",
            "languages",
            "free",
            "note",
            "reader_note",
            "sources",
            "source_count",
            "as_of",
            "verified_on",
            "is_hidden",
            "list_name",
            "has_left_list",
            "is_ours",
        ],
    ),
    NobodysTable("crisis.Pin", "on which pages a service is shown", ["id", "resource", "scope", "place", "position"]),
)
