//! The rules for what is good once: authorization codes (RFC 6749 section 4.1.2) and refresh tokens (section 6, RFC 9700
//! section 4.14). Both belong to an authorization and are spent at their first use; whoever presents one that is spent
//! shows that it is in two hands, so all that came of the authorization is revoked.
//!
//! A use takes two steps, because the token endpoint looks before it signs and writes afterwards: [`judge`] on what was
//! read, and [`settle`] on what the one conditional statement of the write found. The model in `tests/model.rs` runs
//! these same functions in every order that two replicas can bring about.

/// What is known of a code or refresh token when it is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Presented {
    /// It was issued to the client that presents it.
    pub is_of_client: bool,
    /// Its own time is over.
    pub expired: bool,
    /// It has been used.
    pub spent: bool,
    /// The authorization that it belongs to was revoked, or has ended.
    pub authorization: Standing,
}

/// How an authorization stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Tokens may come of it.
    Live,
    /// It was revoked: withdrawn, or something of it was used twice.
    Revoked,
    /// Its time is over, or the session that it lives with has ended.
    Ended,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Spend it, and issue what comes next.
    Spend,
    /// Refuse it and revoke the authorization: it is in two hands.
    Reuse,
    /// Refuse it, and nothing else.
    Refuse(Refusal),
}

/// Why it is refused. The client learns `invalid_grant`, whichever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It was issued to another client. That client's authorization stays as it is: a stranger must not end it.
    OtherClient,
    /// Its time is over.
    Expired,
    /// The authorization was revoked.
    Revoked,
    /// The authorization's time is over, or its session has ended.
    Ended,
}

/// Decides on what was read.
#[must_use]
pub fn judge(presented: Presented) -> Verdict {
    match presented {
        Presented { is_of_client: false, .. } => Verdict::Refuse(Refusal::OtherClient),
        // Before everything that time does: a second use is one at any time.
        Presented { spent: true, .. } => Verdict::Reuse,
        Presented { authorization: Standing::Revoked, .. } => Verdict::Refuse(Refusal::Revoked),
        Presented { authorization: Standing::Ended, .. } => Verdict::Refuse(Refusal::Ended),
        Presented { expired: true, .. } => Verdict::Refuse(Refusal::Expired),
        _ => Verdict::Spend,
    }
}

/// Decides on what the write found: whether `UPDATE … SET spent_at WHERE spent_at IS NULL` met an unspent row, and
/// whether `UPDATE … SET used_at WHERE revoked_at IS NULL` met an authorization that stands. Only [`Verdict::Spend`] is
/// committed with what comes next.
#[must_use]
pub fn settle(was_unspent: bool, is_live: bool) -> Verdict {
    match (was_unspent, is_live) {
        (true, true) => Verdict::Spend,
        // Somebody was faster by a hair.
        (false, true) => Verdict::Reuse,
        // Nothing stands that a second use could end; the rows may be gone altogether.
        (_, false) => Verdict::Refuse(Refusal::Revoked),
    }
}

impl Refusal {
    /// For log and audit.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::OtherClient => "of_another_client",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Ended => "ended",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH: Presented =
        Presented { is_of_client: true, expired: false, spent: false, authorization: Standing::Live };

    #[test]
    fn what_is_fresh_is_spent() {
        assert_eq!(judge(FRESH), Verdict::Spend);
    }

    #[test]
    fn a_second_use_revokes_however_late_it_comes() {
        for authorization in [Standing::Live, Standing::Revoked, Standing::Ended] {
            for expired in [false, true] {
                assert_eq!(judge(Presented { spent: true, expired, authorization, ..FRESH }), Verdict::Reuse);
            }
        }
    }

    /// CVE-2026-16089: a code redeemed by another client than it was issued to.
    #[test]
    fn another_client_gets_nothing_and_ends_nothing() {
        for spent in [false, true] {
            let presented = Presented { is_of_client: false, spent, ..FRESH };
            assert_eq!(judge(presented), Verdict::Refuse(Refusal::OtherClient));
        }
    }

    #[test]
    fn what_is_over_is_refused_and_nothing_else() {
        let refused = |presented| match judge(presented) {
            Verdict::Refuse(refusal) => refusal.reason(),
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(Presented { expired: true, ..FRESH }), "expired");
        assert_eq!(refused(Presented { authorization: Standing::Revoked, ..FRESH }), "revoked");
        assert_eq!(refused(Presented { authorization: Standing::Ended, ..FRESH }), "ended");
    }

    #[test]
    fn of_two_that_read_the_same_one_spends() {
        assert_eq!(settle(true, true), Verdict::Spend);
        assert_eq!(settle(false, true), Verdict::Reuse);
        assert_eq!(settle(false, false), Verdict::Refuse(Refusal::Revoked), "nothing is left to be ended");
        assert_eq!(settle(true, false), Verdict::Refuse(Refusal::Revoked));
    }
}
