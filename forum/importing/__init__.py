"""Ways in for words that were written elsewhere. The parsers here are pure: text in, values out, no database."""
