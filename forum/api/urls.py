from __future__ import annotations

from django.urls import path

from forum.api.views import blocks, claims, draft_check, drafts, inbox, notes, posts, searching, threads

urlpatterns = [
    path("categories/", threads.CategoriesView.as_view(), name="categories"),
    path("categories/<pid:category_id>/", threads.CategoryView.as_view(), name="category"),
    path("threads/", threads.ThreadsView.as_view(), name="threads"),
    path("threads/<pid:thread_id>/", threads.ThreadView.as_view(), name="thread"),
    path("threads/<pid:thread_id>/posts/", threads.ThreadPostsView.as_view(), name="thread-posts"),
    path("threads/<pid:thread_id>/pause/", threads.ThreadPauseView.as_view(), name="thread-pause"),
    path("threads/<pid:thread_id>/reply-wish/", threads.ThreadWishView.as_view(), name="thread-wish"),
    path("posts/<pid:post_id>/", posts.PostView.as_view(), name="post"),
    path("posts/<pid:post_id>/withdrawal/", posts.PostWithdrawalView.as_view(), name="post-withdrawal"),
    path("posts/<pid:post_id>/delay/", posts.PostDelayView.as_view(), name="post-delay"),
    path("posts/<pid:post_id>/authorship/", posts.PostAuthorshipView.as_view(), name="post-authorship"),
    path("posts/<pid:post_id>/notes/", notes.PostNotesView.as_view(), name="post-notes"),
    path("content-notes/", notes.ContentNotesView.as_view(), name="content-notes"),
    path("filter/", notes.FilterView.as_view(), name="filter"),
    path("posts/<pid:post_id>/revisions/", posts.PostRevisionsView.as_view(), name="post-revisions"),
    path("posts/<pid:post_id>/revisions/<int:number>/", posts.PostRevisionView.as_view(), name="post-revision"),
    path("posts/<pid:post_id>/reactions/<str:kind>/", posts.PostReactionView.as_view(), name="post-reaction"),
    path("posts/<pid:post_id>/flag/", posts.PostFlagView.as_view(), name="post-flag"),
    path("posts/<pid:post_id>/block/", blocks.PostBlockView.as_view(), name="post-block"),
    path("blocks/", blocks.BlocksView.as_view(), name="blocks"),
    path("blocks/<pid:block_id>/", blocks.BlockView.as_view(), name="block"),
    path("threads/<pid:thread_id>/follow/", inbox.ThreadFollowView.as_view(), name="thread-follow"),
    path("inbox/", inbox.InboxView.as_view(), name="inbox"),
    path("inbox/seen/", inbox.InboxSeenView.as_view(), name="inbox-seen"),
    path("search/", searching.SearchView.as_view(), name="search"),
    path("previews/", threads.PreviewsView.as_view(), name="previews"),
    path("own-posts/", posts.OwnPostsView.as_view(), name="own-posts"),
    path("claim-codes/", claims.ClaimCodesView.as_view(), name="claim-codes"),
    path("claim-codes/current/", claims.ClaimCodeView.as_view(), name="claim-code"),
    path("claim-codes/current/adoption/", claims.AdoptionView.as_view(), name="claim-adoption"),
    path("claim-codes/others/", claims.OtherClaimCodesView.as_view(), name="claim-codes-others"),
    path("draft-check/", draft_check.DraftCheckView.as_view(), name="draft-check"),
    path("drafts/", drafts.DraftsView.as_view(), name="drafts"),
    path("drafts/<str:place>/", drafts.DraftView.as_view(), name="draft"),
]
