"""What forum stores. Private to forum: moderation asks its queries and calls its services."""

from forum.models.category import Category
from forum.models.content_note import CarriedNote, ContentNote, ShippedNote
from forum.models.house_rules import HouseRules
from forum.models.idempotency_record import IdempotencyRecord
from forum.models.notice import Notice
from forum.models.old_address import OldAddress
from forum.models.post import FIRST_DRAWN, MAX_DEPTH, PATH_STEP, Post, Revision
from forum.models.quote import Quote
from forum.models.reaction import Reaction, ReactionKind
from forum.models.search_entry import SearchEntry
from forum.models.thread import ReplyLimit, ReplyWish, Thread, ThreadPseudonym

__all__ = [
    "FIRST_DRAWN",
    "MAX_DEPTH",
    "PATH_STEP",
    "CarriedNote",
    "Category",
    "ContentNote",
    "HouseRules",
    "IdempotencyRecord",
    "Notice",
    "OldAddress",
    "Post",
    "Quote",
    "Reaction",
    "ReactionKind",
    "ReplyLimit",
    "ReplyWish",
    "Revision",
    "SearchEntry",
    "ShippedNote",
    "Thread",
    "ThreadPseudonym",
]
