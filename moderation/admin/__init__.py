from moderation.admin import batches, cases, decisions, holds, raid, sanctions, two_people

__all__ = ["batches", "cases", "decisions", "holds", "raid", "sanctions", "two_people"]
