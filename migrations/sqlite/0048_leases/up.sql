-- Background work that one instance does at a time, and until when it may.
CREATE TABLE leases (
    work TEXT NOT NULL PRIMARY KEY,
    holder BLOB NOT NULL,
    held_until INTEGER NOT NULL
) STRICT;
