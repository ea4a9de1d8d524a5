//! Whose things a request is about: a partner's own, a person's, or those of one of the partner's accounts.
//!
//! A token says it in two claims: `client_id` is the partner's program that got it, `sub` is who it speaks for.

use shared_claims::claims::AccessToken;
use shared_claims::ids::{ClientId, Subject};

use super::idempotency::IdempotencyKey;

/// Stands between two names in a text that is stored. No name holds a control character
/// ([`ids`](shared_claims::ids)), so no partner's name reads like somebody else's.
const BETWEEN: char = '\t';

/// How the `sub` of an account begins.
const ACCOUNT: &str = "acc_";

/// Whom a token speaks for, and through which partner. The store takes nothing else to find rows by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    sort: Sort,
    partner: ClientId,
    subject: Subject,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Partner,
    Person,
    Account,
}

impl Owner {
    /// First: a token whose `sub` is its `client_id` is the partner's own (RFC 9068 section 2.2), whatever the two look
    /// like. Then: `acc_…` is an account, of which only the store knows whether it is this partner's. Everybody else is
    /// a person, also where another issuer calls people by names that we never saw.
    pub fn of(token: &AccessToken) -> Self {
        Self::new(token.client_id().clone(), token.subject().clone())
    }

    fn new(partner: ClientId, subject: Subject) -> Self {
        let sort = if subject.as_str() == partner.as_str() {
            Sort::Partner
        } else if subject.as_str().starts_with(ACCOUNT) {
            Sort::Account
        } else {
            Sort::Person
        };
        Self { sort, partner, subject }
    }

    /// The partner whose program sent the request.
    pub fn partner(&self) -> &ClientId {
        &self.partner
    }

    /// Whom the token speaks for.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The one account that the request may touch, if the token speaks for one. It is what the partner says, and may be
    /// another partner's account or none at all.
    pub fn account(&self) -> Option<&str> {
        (self.sort == Sort::Account).then(|| self.subject.as_str())
    }

    /// Who acts. A person does; an account does not, its partner's program does.
    pub fn actor(&self) -> &str {
        match self.sort {
            Sort::Partner | Sort::Account => self.partner.as_str(),
            Sort::Person => self.subject.as_str(),
        }
    }

    /// As it stands in the column `owner` of accounts, orders and fulfilments. What an account has is its partner's; what
    /// a person has is the person's, through whichever partner.
    pub fn rows(&self) -> String {
        match self.sort {
            Sort::Partner | Sort::Account => self.partner.to_string(),
            Sort::Person => format!("person{BETWEEN}{}", self.subject),
        }
    }

    /// As it stands in the column `owner` of idempotency keys: a key belongs to client and subject together.
    pub fn keys(&self) -> String {
        match self.sort {
            Sort::Partner => self.partner.to_string(),
            Sort::Person | Sort::Account => format!("{}{BETWEEN}{}", self.partner, self.subject),
        }
    }

    /// As a fulfilment keeps the key that it was asked for with: together with its row's owner it says which key of which
    /// client and subject. A person's fulfilment without a key keeps the client still, because it can be gone on with
    /// only through the partner that admin-service may know of already.
    pub fn fulfilment_key(&self, key: Option<&IdempotencyKey>) -> String {
        match (self.sort, key) {
            (Sort::Partner, Some(key)) => key.as_str().to_owned(),
            (Sort::Account, Some(key)) => format!("{}{BETWEEN}{}", self.subject, key.as_str()),
            (Sort::Partner | Sort::Account, None) => String::new(),
            (Sort::Person, key) => format!("{}{BETWEEN}{}", self.partner, key.map_or("", IdempotencyKey::as_str)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(partner: &str, subject: &str) -> Owner {
        Owner::new(ClientId::new(partner).unwrap(), Subject::new(subject).unwrap())
    }

    #[test]
    fn who_is_the_client_itself_is_the_partner_whatever_it_is_called() {
        for name in ["cli_1", "usr_1", "acc_1", "person", "https://issuer.example/clients/7"] {
            let owner = owner(name, name);
            assert_eq!((owner.rows().as_str(), owner.keys().as_str(), owner.account()), (name, name, None));
        }
    }

    #[test]
    fn an_account_has_what_its_partner_has_and_touches_only_itself() {
        let account = owner("cli_1", "acc_1");
        assert_eq!((account.rows().as_str(), account.account(), account.actor()), ("cli_1", Some("acc_1"), "cli_1"));
    }

    #[test]
    fn everybody_else_is_a_person_and_the_same_one_through_every_partner() {
        for name in ["usr_1", "ACC_1", "acc", "cli_2", "auth0|5f7c8ec7c33c6c004bbafe82", "ann@example.com"] {
            let (here, there) = (owner("cli_1", name), owner("cli_3", name));
            assert_eq!((here.rows(), here.account(), here.actor()), (there.rows(), None, name));
            assert_ne!(here.keys(), there.keys(), "a key belongs to client and subject together");
        }
    }

    /// What the texts in the tables rest on: no two owners have one, whatever partners and people are called.
    #[test]
    fn no_name_can_hold_what_stands_between_two_names() {
        for name in ["person\tusr_1", "cli_1\tusr_1", "\t"] {
            assert!(ClientId::new(name).is_err() && Subject::new(name).is_err(), "{name:?}");
            assert!(IdempotencyKey::parse(name.as_bytes()).is_err(), "{name:?}");
        }
        let mut seen = std::collections::BTreeSet::new();
        for (partner, subject) in [("usr_1", "usr_1"), ("cli_1", "usr_1"), ("cli_1", "person"), ("personusr_1", "x")] {
            assert!(seen.insert(owner(partner, subject).rows()), "{partner} {subject}");
        }
        assert!(seen.insert(owner("personusr_1", "personusr_1").rows()));
    }

    #[test]
    fn a_fulfilments_key_tells_client_and_subject_apart() {
        let key = IdempotencyKey::parse(b"k").unwrap();
        let of = |partner: &str, subject: &str| owner(partner, subject).fulfilment_key(Some(&key));
        assert_eq!(of("cli_1", "cli_1"), "k", "as it was kept when there were only partners");
        assert_ne!(of("cli_1", "acc_1"), of("cli_1", "cli_1"));
        assert_ne!(of("cli_1", "acc_1"), of("cli_1", "acc_2"));
        assert_ne!(of("cli_1", "usr_1"), of("cli_2", "usr_1"));
        let without = |partner: &str, subject: &str| owner(partner, subject).fulfilment_key(None);
        assert_eq!((without("cli_1", "cli_1"), without("cli_1", "acc_1")), (String::new(), String::new()));
        assert_ne!(without("cli_1", "usr_1"), without("cli_2", "usr_1"));
    }
}
