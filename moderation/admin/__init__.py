from moderation.admin import batches, cases, decisions, sanctions

__all__ = ["batches", "cases", "decisions", "sanctions"]
