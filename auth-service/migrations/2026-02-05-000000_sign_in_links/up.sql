-- Sign-in links that were mailed, until they have expired. Their tokens are nowhere; a row opens nothing.
CREATE TABLE sign_in_links (
    link_id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    -- SHA-256 of the cookie of the browser that asked, in base64url.
    browser_digest TEXT NOT NULL,
    -- The authorization request to go on with, sealed; empty if there is none.
    request TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_at BIGINT
);
CREATE INDEX sign_in_links_by_expiry ON sign_in_links (expires_at);
