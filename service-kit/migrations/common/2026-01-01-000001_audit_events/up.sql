-- Who did what, when, and with which outcome. Times are microseconds since 1970, UTC.
CREATE TABLE audit_events (
    event_id    TEXT   NOT NULL PRIMARY KEY,
    occurred_at BIGINT NOT NULL,
    service     TEXT   NOT NULL,
    action      TEXT   NOT NULL,
    outcome     TEXT   NOT NULL CHECK (outcome IN ('allowed', 'refused', 'failed')),
    reason      TEXT,
    actor       TEXT   NOT NULL,
    subject     TEXT,
    partner     TEXT,
    object      TEXT,
    request_id  TEXT   NOT NULL
);

-- The trail is read in this order, whole or for one partner or one actor.
CREATE INDEX audit_events_by_time ON audit_events (occurred_at, event_id);
CREATE INDEX audit_events_by_partner ON audit_events (partner, occurred_at, event_id);
CREATE INDEX audit_events_by_actor ON audit_events (actor, occurred_at, event_id);
