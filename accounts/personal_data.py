"""What accounts keeps about people (common/personal_data.py). What is in sealed records, each kind says of itself."""

from __future__ import annotations

from common.personal_data import Chapter, Goes, Holds, NobodysTable, Nothing, Table

TABLES: tuple[Table | NobodysTable, ...] = (
    Table(
        "accounts.User",
        Chapter.ACCOUNT,
        title="The account itself",
        whose="yours",
        seen_by="your pseudonym: everybody, beside what you write under it; the rest: nobody",
        kept="until you close it",
        copied="both names, and whether you may open the desk",
        erased="the row goes; of a moderator an empty shell stays, without name and password, so that the decisions "
        "they took are still somebody's",
        without_key="two names, and a scrambled password that cannot be read back",
        with_key="nothing more",
        fields={
            "id": Nothing("a number of the row, which leaves the server nowhere"),
            "password": Holds("your password, scrambled with Argon2 so that nobody can read it back", copied="no"),
            "is_superuser": Holds("whether you run this site"),
            "username": Holds("the name you sign in with", seen_by="nobody"),
            "pseudonym": Holds("the name you are known by"),
            "is_staff": Holds("whether you may open the desk"),
            "is_active": Holds("whether you may sign in"),
        },
    ),
    Table(
        "accounts.User_groups",
        Chapter.ACCOUNT,
        title="Who is a moderator",
        whose="of moderators",
        seen_by="whoever runs this site",
        kept="until it is taken from them, or the account is closed",
        copied="no: it is the team's",
        erased="it goes",
        without_key="which accounts are moderators'",
        with_key="nothing more",
        fields={
            "id": Nothing("a number of the row"),
            "user": Holds("the account"),
            "group": Holds("the group it is in"),
        },
    ),
    Table(
        "accounts.User_user_permissions",
        Chapter.ACCOUNT,
        title="What somebody of the team may do besides",
        whose="of the team",
        seen_by="whoever runs this site",
        kept="until it is taken from them, or the account is closed",
        copied="no: it is the team's",
        erased="it goes",
        without_key="what an account of the team may do",
        with_key="nothing more",
        fields={
            "id": Nothing("a number of the row"),
            "user": Holds("the account"),
            "permission": Holds("what it may do"),
        },
    ),
    Table(
        "accounts.SealedRecord",
        Chapter.ALONE,
        title="Sealed records",
        whose="each is one person's, and does not say whose",
        seen_by="you; the server opens one when you ask for it, and nobody at the desk can",
        kept="as each kind says below",
        copied="as each kind says below",
        erased="every one of yours goes",
        without_key="that there are so many sealed values: not of what kind, not whose, not which belong together",
        with_key="what each kind says below, and whose it is",
        fields={
            "id": Nothing("drawn by chance"),
            "lookup": Holds("a mark of the kind and the owner that only the holder of the seal key can make again"),
            "content": Holds("the sealed value, its length made dull"),
            "forget_on": Holds("the day on which it is forgotten by itself, if there is one"),
        },
        goes=Goes("forget_on", days=0),
    ),
    Table(
        "accounts.RecoveryWords",
        Chapter.ACCOUNT,
        title="Recovery words",
        whose="yours",
        seen_by="nobody: they are scrambled as the password is",
        kept="until you make new ones, or close the account",
        copied="no: you have them, and we do not",
        erased="they go",
        without_key="that an account has recovery words; and whether somebody said that its second step is lost",
        with_key="nothing more",
        fields={
            "member": Holds("the account"),
            "digest": Holds("the six words, scrambled with Argon2 so that nobody can read them back"),
            "second_factor_ends_on": Holds(
                "the day from which the words alone are enough, while somebody has asked for that", seen_by="you"
            ),
        },
    ),
)
