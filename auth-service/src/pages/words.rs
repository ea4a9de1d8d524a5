//! Scopes in plain words, as the person reads them who is asked for leave.

use shared_claims::scope::{Scope, ScopeSet};

use crate::domain::authorization_request::api_part;

/// What a partner may do with it: the rest of a sentence that starts with "It can". A new scope has no words yet, and
/// this does not compile.
#[must_use]
pub fn of(scope: Scope) -> &'static str {
    match scope {
        Scope::OrdersRead => "see your orders",
        Scope::OrdersWrite => "place orders for you",
        Scope::AccountsRead => "see your accounts",
        Scope::AccountsWrite => "create accounts for you",
        Scope::FulfilmentRequest => "ask for your orders to be fulfilled",
        Scope::FulfilmentAccept => "hand over orders to be fulfilled",
        Scope::FulfilmentComplete => "mark orders as fulfilled",
        Scope::PartnersManage => "register, change and suspend partners",
        Scope::ClientsManage => "register, change and suspend clients",
        Scope::UsersManage => "create, change and delete people",
        Scope::KeysManage => "replace the keys that sign tokens",
        Scope::AuditRead => "read the audit trail",
        Scope::OpenId => "know that it is you, each time you come back",
        Scope::Profile => "know your name",
        Scope::Email => "know your e-mail address",
        Scope::OfflineAccess => "keep this access after you sign out",
    }
}

/// Whose things are meant, in a sentence, if there are any: at our APIs a person has their things as a whole, and not one
/// lot for each partner (decision 0017).
#[must_use]
pub fn whose(scope: &ScopeSet) -> Option<&'static str> {
    let text = "That is about all of your orders and accounts here, also those that came through other programs.";
    (!api_part(scope).is_empty()).then_some(text)
}

/// For how long, in a sentence.
#[must_use]
pub fn how_long(offline_access: bool) -> &'static str {
    if offline_access {
        "It keeps this access after you sign out: for 90 days at most, and for 30 days after it last used it."
    } else {
        "It has this access until you sign out here, for 12 hours at most."
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::authorization::{OFFLINE_IDLE, OFFLINE_LIFETIME};
    use crate::domain::session;

    #[test]
    fn no_two_scopes_have_the_same_words() {
        let words = Scope::ALL.iter().map(|scope| of(*scope)).collect::<BTreeSet<_>>();
        assert_eq!(words.len(), Scope::ALL.len());
        assert!(words.iter().all(|words| words.starts_with(char::is_lowercase) && !words.ends_with('.')));
    }

    #[test]
    fn it_is_said_that_all_of_a_persons_things_are_meant_where_things_are() {
        let says = |scope: &str| whose(&scope.parse().unwrap()).is_some();
        for things in ["orders:read", "orders:write", "accounts:read openid", "fulfilment:request offline_access"] {
            assert!(says(things), "{things}");
        }
        assert!(!says("openid") && !says("openid profile email offline_access"));
    }

    #[test]
    fn the_times_are_those_that_hold() {
        let days = |time: std::time::Duration| format!("{} days", time.as_secs() / 86_400);
        assert!(how_long(true).contains(&days(OFFLINE_LIFETIME)) && how_long(true).contains(&days(OFFLINE_IDLE)));
        assert!(how_long(false).contains(&format!("{} hours", session::LIFETIME.as_secs() / 3600)));
    }
}
