DROP INDEX authorization_codes_unredeemed;
DROP INDEX authorizations_of_client;
DROP INDEX consents_by_client;
