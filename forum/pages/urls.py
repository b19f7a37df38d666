from __future__ import annotations

from django.urls import path

from forum.pages.views import blocks, claims, drafts, inbox, notes, own, reading, searching, writing

app_name = "forum"
urlpatterns = [
    path("", reading.home, name="home"),
    path("c/<pid:category_id>/", reading.category_detail, name="category-detail"),
    path("t/<pid:thread_id>/", reading.thread_detail, name="thread-detail"),
    path("t/<pid:thread_id>/wish/", own.thread_wish, name="thread-wish"),
    path("t/<pid:thread_id>/follow/", inbox.thread_follow, name="thread-follow"),
    path("t/<pid:thread_id>/pause/", own.thread_pause, name="thread-pause"),
    path("search/", searching.search, name="search"),
    path("without/", notes.reader_filter, name="filter"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/seen/", inbox.inbox_seen, name="inbox-seen"),
    path("new/", writing.story_new, name="story-new"),
    path("p/<pid:post_id>/", own.post_detail, name="post-detail"),
    path("p/<pid:post_id>/reply/", writing.post_reply, name="post-reply"),
    path("p/<pid:post_id>/sent/", writing.post_sent, name="post-sent"),
    path("p/<pid:post_id>/notes/", notes.post_notes, name="post-notes"),
    path("p/<pid:post_id>/edit/", own.post_edit, name="post-edit"),
    path("p/<pid:post_id>/before/", own.post_revisions, name="post-revisions"),
    path("p/<pid:post_id>/withdraw/", own.post_withdraw, name="post-withdraw"),
    path("p/<pid:post_id>/put-back/", own.post_put_back, name="post-put-back"),
    path("p/<pid:post_id>/delay/", own.post_delay, name="post-delay"),
    path("p/<pid:post_id>/erase/", own.post_erase, name="post-erase"),
    path("p/<pid:post_id>/let-go/", own.post_burn, name="post-burn"),
    path("p/<pid:post_id>/react/", own.post_react, name="post-react"),
    path("p/<pid:post_id>/flag/", own.post_flag, name="post-flag"),
    path("p/<pid:post_id>/flag/undo/", own.post_flag_undo, name="post-flag-undo"),
    path("p/<pid:post_id>/block/", blocks.post_block, name="post-block"),
    path("blocks/", blocks.blocks, name="blocks"),
    path("blocks/<pid:block_id>/undo/", blocks.block_undo, name="block-undo"),
    path("claim/", claims.claim, name="claim"),
    path("claim/code/", claims.code, name="claim-code"),
    path("claim/code/end/", claims.code_end, name="claim-code-end"),
    path("claim/code/end-others/", claims.codes_end_others, name="claim-codes-end-others"),
    path("claim/adopt/", claims.adopt, name="claim-adopt"),
    path("drafts/", drafts.drafts, name="drafts"),
    path("drafts/drop/", drafts.draft_drop, name="draft-drop"),
    path("go-on/", drafts.go_on, name="go-on"),
    path("mine/", own.mine, name="mine"),
    path("staying-safe/", reading.staying_safe, name="staying-safe"),
]
