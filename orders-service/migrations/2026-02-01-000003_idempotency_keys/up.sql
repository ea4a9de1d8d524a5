-- Answers that are given again when their request is repeated under the same key.
CREATE TABLE idempotency_keys (
    -- The client_id; with a tab and the sub where that is another.
    owner TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    -- SHA-256 of method, path and body.
    fingerprint BYTEA NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (owner, idempotency_key)
);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
