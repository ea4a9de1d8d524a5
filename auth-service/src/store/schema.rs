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
        grant_types -> Text,
        redirect_uris -> Text,
        post_logout_redirect_uris -> Text,
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
        email_verified_at -> Nullable<BigInt>,
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

diesel::table! {
    sessions (session_id) {
        session_id -> Text,
        digest -> Binary,
        user_id -> Text,
        method -> Text,
        authenticated_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    consents (consent_id) {
        consent_id -> Text,
        user_id -> Text,
        client_id -> Text,
        scope -> Text,
        given_at -> BigInt,
    }
}

diesel::table! {
    authorizations (authorization_id) {
        authorization_id -> Text,
        user_id -> Text,
        client_id -> Text,
        session_id -> Text,
        scope -> Text,
        resource -> Nullable<Text>,
        nonce -> Nullable<Text>,
        method -> Text,
        authenticated_at -> BigInt,
        used_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    authorization_codes (digest) {
        digest -> Binary,
        authorization_id -> Text,
        redirect_uri -> Text,
        code_challenge -> Text,
        expires_at -> BigInt,
        spent_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    refresh_tokens (digest) {
        digest -> Binary,
        authorization_id -> Text,
        expires_at -> BigInt,
        spent_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    pushed_requests (digest) {
        digest -> Binary,
        client_id -> Text,
        parameters -> Text,
        expires_at -> BigInt,
    }
}

diesel::joinable!(authorization_codes -> authorizations (authorization_id));
diesel::joinable!(refresh_tokens -> authorizations (authorization_id));
diesel::allow_tables_to_appear_in_same_query!(authorizations, authorization_codes, refresh_tokens);
