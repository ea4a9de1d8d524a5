//! The tables, as `migrations` makes them.

diesel::table! {
    accounts (account_id) {
        account_id -> Text,
        owner -> Text,
        external_id -> Text,
        display_name -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    orders (order_id) {
        order_id -> Text,
        owner -> Text,
        account_id -> Text,
        description -> Text,
        minor_units -> BigInt,
        currency -> Text,
        status -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    fulfilments (fulfilment_id) {
        fulfilment_id -> Text,
        owner -> Text,
        order_id -> Text,
        idempotency_key -> Text,
        status -> Text,
        receipt -> Nullable<Text>,
        requested_at -> BigInt,
        accepted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    idempotency_keys (owner, idempotency_key) {
        owner -> Text,
        idempotency_key -> Text,
        fingerprint -> Binary,
        status -> Integer,
        body -> Text,
        expires_at -> BigInt,
    }
}
