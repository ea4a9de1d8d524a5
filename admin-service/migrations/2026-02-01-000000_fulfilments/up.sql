-- What orders-service handed over to be fulfilled. Times are microseconds since 1970, UTC.
CREATE TABLE fulfilments (
    -- orders-service's own id: with it a call that is repeated is known again.
    fulfilment_id TEXT   NOT NULL PRIMARY KEY,
    order_id      TEXT   NOT NULL,
    -- The partner on whose behalf it was asked for.
    client_id     TEXT   NOT NULL,
    account_id    TEXT   NOT NULL,
    minor_units   BIGINT NOT NULL,
    currency      TEXT   NOT NULL,
    accepted_at   BIGINT NOT NULL,
    -- NULL until it is done: the status is read off this, so the two cannot disagree.
    completed_at  BIGINT
);
