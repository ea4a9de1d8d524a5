-- What goes with a client that is deleted; and what was left of those that were deleted before. Applications of the house
-- have no row in clients.
DELETE FROM consents WHERE substr(client_id, 1, 4) = 'cli_' AND client_id NOT IN (SELECT client_id FROM clients);
DELETE FROM authorizations WHERE substr(client_id, 1, 4) = 'cli_' AND client_id NOT IN (SELECT client_id FROM clients);
CREATE INDEX consents_by_client ON consents (client_id);
CREATE INDEX authorizations_of_client ON authorizations (client_id);
-- Codes that nobody redeemed: few, among all those that stay to notice a second use.
CREATE INDEX authorization_codes_unredeemed ON authorization_codes (expires_at) WHERE spent_at IS NULL;
