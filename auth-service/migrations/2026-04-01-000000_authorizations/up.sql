-- A person who is signed in at a browser. Of the cookie only the SHA-256 is kept.
CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY,
    digest BYTEA NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    method TEXT NOT NULL CHECK (method IN ('password', 'email')),
    authenticated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- What a person has allowed a client: one row for the two of them. A withdrawn one is deleted; the audit trail remembers.
CREATE TABLE consents (
    consent_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    UNIQUE (user_id, client_id)
);

-- One answer of the authorization endpoint, and all that comes of it: its code, its refresh tokens, its access tokens.
CREATE TABLE authorizations (
    authorization_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    -- The API that its access tokens are for; null if it is only about who the person is.
    resource TEXT,
    nonce TEXT,
    method TEXT NOT NULL CHECK (method IN ('password', 'email')),
    authenticated_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX authorizations_by_client ON authorizations (user_id, client_id);
CREATE INDEX authorizations_by_session ON authorizations (session_id);
CREATE INDEX authorizations_by_expiry ON authorizations (expires_at);

-- Codes (RFC 6749 section 4.1.2), as SHA-256. Spent by one conditional statement, and kept to notice a second use.
CREATE TABLE authorization_codes (
    digest BYTEA PRIMARY KEY,
    authorization_id TEXT NOT NULL REFERENCES authorizations (authorization_id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_at BIGINT
);

CREATE INDEX authorization_codes_by_authorization ON authorization_codes (authorization_id);

-- Refresh tokens (RFC 6749 section 6), as SHA-256; the same.
CREATE TABLE refresh_tokens (
    digest BYTEA PRIMARY KEY,
    authorization_id TEXT NOT NULL REFERENCES authorizations (authorization_id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    spent_at BIGINT
);
CREATE INDEX refresh_tokens_by_authorization ON refresh_tokens (authorization_id);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

-- Authorization requests that clients pushed (RFC 9126), by SHA-256 of their request_uri.
CREATE TABLE pushed_requests (
    digest BYTEA PRIMARY KEY,
    client_id TEXT NOT NULL,
    parameters TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX pushed_requests_by_expiry ON pushed_requests (expires_at);
