-- Accounts that a partner (the owner, a client_id) opened for its users. Times are microseconds since 1970, UTC.
CREATE TABLE accounts (
    account_id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    -- The partner's own name for its user.
    external_id TEXT NOT NULL,
    display_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (owner, external_id),
    -- The order in which a partner lists them, and what its orders refer to.
    UNIQUE (owner, account_id)
);
