-- OAuth clients that were registered: the partners. Clients inside the house are in bootstrap.json.
CREATE TABLE clients (
    client_id TEXT PRIMARY KEY,
    client_name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    scope TEXT NOT NULL,
    resources TEXT NOT NULL,
    access_token_lifetime BIGINT NOT NULL CHECK (access_token_lifetime BETWEEN 5 AND 3600),
    token_endpoint_auth_method TEXT NOT NULL,
    jwks TEXT,
    -- Who registered it under which Idempotency-Key, so that a repeated registration finds it.
    registration_key TEXT UNIQUE,
    registration_fingerprint TEXT,
    created_at BIGINT NOT NULL
);

-- At most two secrets a client, so that one can be replaced while the other is in use.
CREATE TABLE client_secrets (
    secret_id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    slot INTEGER NOT NULL CHECK (slot IN (1, 2)),
    digest BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    UNIQUE (client_id, slot)
);
