//! Tables, as `migrations` makes them.

diesel::table! {
    fulfilments (fulfilment_id) {
        fulfilment_id -> Text,
        order_id -> Text,
        client_id -> Text,
        account_id -> Text,
        minor_units -> BigInt,
        currency -> Text,
        accepted_at -> BigInt,
        completed_at -> Nullable<BigInt>,
    }
}
