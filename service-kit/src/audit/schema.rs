//! Table of the audit trail, as `migrations/common` makes it.

diesel::table! {
    audit_events (event_id) {
        event_id -> Text,
        occurred_at -> BigInt,
        service -> Text,
        action -> Text,
        outcome -> Text,
        reason -> Nullable<Text>,
        actor -> Text,
        subject -> Nullable<Text>,
        partner -> Nullable<Text>,
        object -> Nullable<Text>,
        request_id -> Text,
    }
}
