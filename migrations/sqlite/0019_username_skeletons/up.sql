-- What a username looks like to the eye (UTS 39): what looks like a username that is there is refused. A user of before without a row
-- looks like an earlier one; rows that are missing are filled in before the next user is made.
CREATE TABLE username_skeletons (
    user_id BLOB PRIMARY KEY NOT NULL REFERENCES users (id),
    skeleton TEXT NOT NULL UNIQUE
) STRICT;
