from moderation.admin import cases, decisions, holds, raid, sanctions, two_people

__all__ = ["cases", "decisions", "holds", "raid", "sanctions", "two_people"]
