from __future__ import annotations

from django.urls import path

from forum.pages import blocks, inbox, views

app_name = "forum"
urlpatterns = [
    path("", views.home, name="home"),
    path("c/<pid:category_id>/", views.category_detail, name="category-detail"),
    path("t/<pid:thread_id>/", views.thread_detail, name="thread-detail"),
    path("search/", views.search, name="search"),
    path("new/", views.story_new, name="story-new"),
    path("p/<pid:post_id>/", views.post_detail, name="post-detail"),
    path("p/<pid:post_id>/reply/", views.post_reply, name="post-reply"),
    path("p/<pid:post_id>/sent/", views.post_sent, name="post-sent"),
    path("p/<pid:post_id>/edit/", views.post_edit, name="post-edit"),
    path("p/<pid:post_id>/withdraw/", views.post_withdraw, name="post-withdraw"),
    path("p/<pid:post_id>/put-back/", views.post_put_back, name="post-put-back"),
    path("p/<pid:post_id>/erase/", views.post_erase, name="post-erase"),
    path("p/<pid:post_id>/react/", views.post_react, name="post-react"),
    path("p/<pid:post_id>/block/", blocks.post_block, name="post-block"),
    path("blocks/", blocks.blocks, name="blocks"),
    path("blocks/<pid:block_id>/undo/", blocks.block_undo, name="block-undo"),
    path("t/<pid:thread_id>/follow/", inbox.thread_follow, name="thread-follow"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/seen/", inbox.inbox_seen, name="inbox-seen"),
    path("claim/", views.claim, name="claim"),
    path("mine/", views.mine, name="mine"),
    path("staying-safe/", views.staying_safe, name="staying-safe"),
]
