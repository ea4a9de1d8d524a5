DROP TABLE pushed_requests;
DROP TABLE refresh_tokens;
DROP TABLE authorization_codes;
DROP TABLE authorizations;
DROP TABLE consents;
DROP TABLE sessions;
