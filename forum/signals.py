"""Forum tells, inside the transaction of the deed and with plain `send`: if a receiver fails, nothing is saved.

post_written     a new text stands: a story, a reply, an edit, something put back. `post`, `verdict`
post_appeared    what its author put off is there for everybody now. `post`
post_withdrawn   its author took a post back. `post`
post_erased      its author erased a post: the words are gone already. `post`, `with_account` if its author left as well
post_restored    a sealed account is open again, and this post of it, that was gone, is back with all it had. `post`
thread_arranged  a moderator pinned or slowed a conversation, or undid it. `thread`, `actor`, `changed`
category_arranged  a moderator slowed a category, or has all in it wait, or undid it. `category`, `actor`, `changed`
reply_flagged    whoever began the conversation holds a reply, or lets it go again. `post`, `is_held`
posts_brought_in posts came in from elsewhere, many at once. `thread`, `posts`

Heard by: moderation/receivers.py (opens and closes cases, writes the audit log).
"""

from __future__ import annotations

from django.dispatch import Signal

post_written = Signal()
post_appeared = Signal()
post_withdrawn = Signal()
post_restored = Signal()
post_erased = Signal()
reply_flagged = Signal()
posts_brought_in = Signal()
thread_arranged = Signal()
category_arranged = Signal()
