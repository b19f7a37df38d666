from __future__ import annotations

from django.urls import path

from forum.api import blocks, inbox, views

urlpatterns = [
    path("categories/", views.CategoriesView.as_view(), name="categories"),
    path("categories/<pid:category_id>/", views.CategoryView.as_view(), name="category"),
    path("threads/", views.ThreadsView.as_view(), name="threads"),
    path("threads/<pid:thread_id>/", views.ThreadView.as_view(), name="thread"),
    path("threads/<pid:thread_id>/posts/", views.ThreadPostsView.as_view(), name="thread-posts"),
    path("posts/<pid:post_id>/", views.PostView.as_view(), name="post"),
    path("posts/<pid:post_id>/withdrawal/", views.PostWithdrawalView.as_view(), name="post-withdrawal"),
    path("posts/<pid:post_id>/revisions/", views.PostRevisionsView.as_view(), name="post-revisions"),
    path("posts/<pid:post_id>/reactions/<str:kind>/", views.PostReactionView.as_view(), name="post-reaction"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("posts/<pid:post_id>/block/", blocks.PostBlockView.as_view(), name="post-block"),
    path("blocks/", blocks.BlocksView.as_view(), name="blocks"),
    path("blocks/<pid:block_id>/", blocks.BlockView.as_view(), name="block"),
    path("threads/<pid:thread_id>/follow/", inbox.ThreadFollowView.as_view(), name="thread-follow"),
    path("inbox/", inbox.InboxView.as_view(), name="inbox"),
    path("inbox/seen/", inbox.InboxSeenView.as_view(), name="inbox-seen"),
    path("own-posts/", views.OwnPostsView.as_view(), name="own-posts"),
]
