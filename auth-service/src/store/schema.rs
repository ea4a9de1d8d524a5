diesel::table! {
    clients (client_id) {
        client_id -> Text,
        client_name -> Text,
        status -> Text,
        scope -> Text,
        resources -> Text,
        access_token_lifetime -> BigInt,
        token_endpoint_auth_method -> Text,
        jwks -> Nullable<Text>,
        registration_key -> Nullable<Text>,
        registration_fingerprint -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    client_secrets (secret_id) {
        secret_id -> Text,
        client_id -> Text,
        slot -> Integer,
        digest -> Binary,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    users (user_id) {
        user_id -> Text,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        roles -> Text,
        status -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    used_assertions (client_id, token_id) {
        client_id -> Text,
        token_id -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    sign_in_links (link_id) {
        link_id -> Text,
        email -> Text,
        browser_digest -> Text,
        request -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        spent_at -> Nullable<BigInt>,
    }
}
