-- Rises with each password that is set, and not with a better hash of the same one: what is derived for as long as a password holds
-- outlives an ordinary sign-in.
ALTER TABLE users ADD COLUMN password_epoch BIGINT NOT NULL DEFAULT 1;
