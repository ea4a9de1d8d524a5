-- At most one fulfilment for an order, whoever asks how often. It is recorded before admin-service hears of it, so
-- that a process killed in between goes on under the same id.
CREATE TABLE fulfilments (
    fulfilment_id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    order_id TEXT NOT NULL UNIQUE,
    -- The key that it was first asked for with; empty when there was none. With an account's sub and a tab before it, or
    -- for a person the client_id and a tab, where somebody else than the partner asked.
    idempotency_key TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('requested', 'accepted')),
    receipt TEXT,
    requested_at BIGINT NOT NULL,
    accepted_at BIGINT,
    FOREIGN KEY (owner, order_id) REFERENCES orders (owner, order_id),
    -- Accepted and receipted are one.
    CHECK ((status = 'accepted') = (receipt IS NOT NULL)),
    CHECK ((status = 'accepted') = (accepted_at IS NOT NULL))
);
