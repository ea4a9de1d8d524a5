CREATE TABLE orders (
    order_id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    account_id TEXT NOT NULL,
    description TEXT NOT NULL,
    minor_units BIGINT NOT NULL CHECK (minor_units BETWEEN 1 AND 1000000000000),
    currency TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('placed', 'fulfilment_requested', 'fulfilment_accepted')),
    created_at BIGINT NOT NULL,
    UNIQUE (owner, order_id),
    -- With the owner, so that the database itself refuses an order for another owner's account.
    FOREIGN KEY (owner, account_id) REFERENCES accounts (owner, account_id)
);
CREATE INDEX orders_by_account ON orders (owner, account_id, order_id);
