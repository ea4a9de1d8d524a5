-- When somebody last showed that the address is theirs, by opening a link that was sent there.
ALTER TABLE users ADD COLUMN email_verified_at BIGINT;
