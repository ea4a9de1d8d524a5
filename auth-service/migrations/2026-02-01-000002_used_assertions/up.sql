-- The jti of every client assertion that was accepted, until it has expired anyway (RFC 7523 section 3, point 7).
CREATE TABLE used_assertions (
    client_id TEXT NOT NULL,
    token_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, token_id)
);
CREATE INDEX used_assertions_by_expiry ON used_assertions (expires_at);
