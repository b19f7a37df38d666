"""One post: reading it, and what its author and others do with it."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from common.errors import NotFound
from common.rate_limits import Limit
from forum import queries
from forum.api.base import ForumView
from forum.api.parameters import FOR_MEMBERS, IF_MATCH, REACTION
from forum.api.serializers import DelayIn, EditedOut, OwnPostsOut, PostOut, PostPatchIn, RevisionOut, RevisionsOut
from forum.authorship import Reader
from forum.models import ReactionKind
from forum.services.burning import burn_name
from forum.services.flagging import flag_reply, undo_flag
from forum.services.posts import edit_post, put_back_post
from forum.services.reactions import give_reaction, take_back_reaction
from forum.services.scheduling import let_appear_now, put_off_post
from forum.services.visibility import erase_post, withdraw_post


class PostView(ForumView):
    takes_out = "DELETE"

    @extend_schema(responses=PostOut, operation_id="getPost")
    def get(self, request: Request, post_id: str) -> Response:
        """Whoever asks for one post asks for it on purpose: no filter keeps its words back."""
        return self.unless_known(self.alone(queries.post_for(self.author, post_id)))

    @extend_schema(parameters=[IF_MATCH], request=PostPatchIn, responses=EditedOut, operation_id="editPost")
    def patch(self, request: Request, post_id: str) -> Response:
        """Its author changes it (RFC 7396: what is left out stays). A returned post goes back for a first look."""
        body = checked(PostPatchIn, request)
        post = queries.post_for(self.author, post_id)
        self.require_match(post)
        edited = edit_post(
            post,
            actor=self.author,
            version=post.version,
            title=body.get("title", post.title),
            text=body.get("text", post.source),
        )
        answer = self.alone(queries.post_for(self.author, edited.public_id))
        return self.with_help(answer, edited.title, edited.source, body.get("country", ""))

    @extend_schema(parameters=[IF_MATCH], responses={204: None}, operation_id="erasePost")
    def delete(self, request: Request, post_id: str) -> Response:
        """Its author erases it: the words are gone for good."""
        post = queries.post_for(self.author, post_id)
        self.require_match(post)
        erase_post(post, actor=self.author)
        return Response(status=204)


class PostWithdrawalView(ForumView):
    takes_out = "PUT"

    @extend_schema(parameters=[IF_MATCH], request=None, responses=PostOut, operation_id="withdrawPost")
    def put(self, request: Request, post_id: str) -> Response:
        """Its author takes it back; nobody else reads it."""
        post = queries.post_for(self.author, post_id)
        self.require_match(post)
        withdraw_post(post, actor=self.author)
        return Response(PostOut(queries.show_post(self.author, queries.post_for(self.author, post_id), None)).data)

    @extend_schema(parameters=[IF_MATCH], responses=PostOut, operation_id="putBackPost")
    def delete(self, request: Request, post_id: str) -> Response:
        """Its author puts it back, after a first look if one is asked for."""
        post = queries.post_for(self.author, post_id)
        self.require_match(post)
        put_back_post(post, actor=self.author)
        return Response(PostOut(queries.show_post(self.author, queries.post_for(self.author, post_id), None)).data)


class PostDelayView(ForumView):
    @extend_schema(parameters=[IF_MATCH], request=DelayIn, responses=PostOut, operation_id="putOffPost")
    def put(self, request: Request, post_id: str) -> Response:
        """Its author gives what they put off another day, as long as it has not appeared."""
        body = checked(DelayIn, request)
        post = queries.post_for(self.author, post_id)
        self.require_match(post)
        put_off_post(post, actor=self.author, hours=body["delay_hours"])
        return Response(PostOut(queries.show_post(self.author, queries.post_for(self.author, post_id), None)).data)

    @extend_schema(parameters=[IF_MATCH], responses=PostOut, operation_id="letAppearNow")
    def delete(self, request: Request, post_id: str) -> Response:
        """It waits no longer, unless for a first look."""
        post = queries.post_for(self.author, post_id)
        self.require_match(post)
        let_appear_now(post, actor=self.author, owners=self.owners)
        return Response(PostOut(queries.show_post(self.author, queries.post_for(self.author, post_id), None)).data)


class PostAuthorshipView(ForumView):
    takes_out = "DELETE"

    @extend_schema(parameters=[IF_MATCH], responses={204: None}, operation_id="burnName")
    def delete(self, request: Request, post_id: str) -> Response:
        """Everything under this anonymous name in this thread becomes nobody's, for good: its author included, nobody
        can show that it was theirs, change it or take it back.
        """
        post = queries.post_for(self.author, post_id)
        self.require_match(post)
        burn_name(post, actor=self.author, owners=self.owners)
        return Response(status=204)


class PostRevisionsView(ForumView):
    @extend_schema(responses=RevisionsOut, operation_id="listRevisions")
    def get(self, request: Request, post_id: str) -> Response:
        """What a post said before: for its author and moderators."""
        post = queries.post_for(self.author, post_id)
        return Response(RevisionsOut({"revisions": queries.revisions_of(self.author, post)}).data)


class PostRevisionView(ForumView):
    @extend_schema(responses=RevisionOut, operation_id="getRevision")
    def get(self, request: Request, post_id: str, number: int) -> Response:
        """One of them, with what the edit after it changed, in parts of plain text."""
        post = queries.post_for(self.author, post_id)
        return Response(RevisionOut(queries.revision_of(self.author, post, number)).data)


class PostReactionView(ForumView):
    @extend_schema(
        request=None, responses={204: None}, operation_id="giveReaction", parameters=[REACTION], auth=FOR_MEMBERS
    )
    def put(self, request: Request, post_id: str, kind: str) -> Response:
        give_reaction(queries.post_for(self.reader, post_id), _kind(kind), actor=self.reader)
        return Response(status=204)

    @extend_schema(responses={204: None}, operation_id="takeBackReaction", parameters=[REACTION], auth=FOR_MEMBERS)
    def delete(self, request: Request, post_id: str, kind: str) -> Response:
        take_back_reaction(queries.post_for(self.reader, post_id), _kind(kind), actor=self.reader)
        return Response(status=204)


class PostFlagView(ForumView):
    """For whoever began the conversation."""

    writes = Limit("flags", quota=20, window=600)

    @extend_schema(request=None, responses={204: None}, operation_id="flagReply")
    def put(self, request: Request, post_id: str) -> Response:
        """Holds a reply that is not what they asked for until a moderator has looked. Twice is once."""
        flag_reply(queries.flaggable_for(self.author, post_id), actor=self.author)
        return Response(status=204)

    @extend_schema(responses={204: None}, operation_id="undoFlag")
    def delete(self, request: Request, post_id: str) -> Response:
        """It is there again, unless its words changed or somebody decided meanwhile."""
        undo_flag(queries.flaggable_for(self.author, post_id), actor=self.author)
        return Response(status=204)


class OwnPostsView(ForumView):
    @extend_schema(responses=OwnPostsOut, operation_id="listOwnPosts")
    def get(self, request: Request) -> Response:
        """What a claim code opens; for a member, everything of theirs, behind a fresh password."""
        opened = self.own_opened()
        reader = Reader(self.reader.member, opened=opened.pseudonyms, for_reading_only=opened.for_reading_only)
        return Response(OwnPostsOut({"posts": queries.own_posts(reader, opened.post_ids)}).data)


def _kind(kind: str) -> ReactionKind:
    try:
        return ReactionKind(kind)
    except ValueError:
        raise NotFound from None
