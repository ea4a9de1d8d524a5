-- Accounts that a partner opened for its users, or a person for themselves. The owner is the partner's client_id, or for
-- a person 'person', a tab and their sub; no client_id holds a tab. Times are microseconds since 1970, UTC.
CREATE TABLE accounts (
    account_id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    -- The owner's own name for it.
    external_id TEXT NOT NULL,
    display_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (owner, external_id),
    -- The order in which an owner lists them, and what orders refer to.
    UNIQUE (owner, account_id)
);
