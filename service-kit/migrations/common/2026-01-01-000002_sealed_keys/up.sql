-- Private keys, each sealed under the key-encryption key, which is never stored here.
CREATE TABLE sealed_keys (
    key_id     TEXT    NOT NULL PRIMARY KEY,
    purpose    TEXT    NOT NULL,
    -- 1 for the first key of a purpose, then 2, 3 …: of several replicas that make key n at once, one wins.
    generation INTEGER NOT NULL,
    sealed     BYTEA   NOT NULL,
    created_at BIGINT  NOT NULL,
    UNIQUE (purpose, generation)
);
