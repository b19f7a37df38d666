from moderation.admin import batches, cases, decisions, raid, sanctions

__all__ = ["batches", "cases", "decisions", "raid", "sanctions"]
