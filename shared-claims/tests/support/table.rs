//! Tables of forged tokens: each row names a token and the one check that must refuse it.

use shared_claims::verify::{ClaimFault, FormRefusal, Refusal, SignatureRefusal};

use super::Setting;

/// Rows that have been gone through, and those of them that did not end as they should.
pub struct Table<'s> {
    setting: &'s Setting,
    rows: usize,
    wrong: Vec<String>,
}

impl<'s> Table<'s> {
    pub fn of(setting: &'s Setting) -> Self {
        Self { setting, rows: 0, wrong: Vec::new() }
    }

    /// `token` is refused for exactly this reason. Newer keys are asked for only where the key is what is unknown: no
    /// other forgery ever causes a request to anyone.
    pub fn refused(&mut self, name: impl AsRef<str>, token: impl AsRef<[u8]>, because: impl Into<Refusal>) {
        let because = because.into();
        let asked_before = self.setting.keys.refreshes();
        let outcome = self.setting.verify(token).map(|verified| verified.registered.token_id.clone());
        let asked = self.setting.keys.refreshes() - asked_before;
        let may_ask = usize::from(because == Refusal::Signature(SignatureRefusal::UnknownKey));
        self.note(name.as_ref(), outcome == Err(because) && asked == may_ask, || {
            format!("wanted {because:?}, got {outcome:?} after {asked} refreshes")
        });
    }

    /// `token` is accepted: the row beside the forgeries, which shows that the edge is where it should be.
    pub fn accepted(&mut self, name: impl AsRef<str>, token: impl AsRef<[u8]>) {
        let outcome = self.setting.verify(token).map(|_| ());
        self.note(name.as_ref(), outcome.is_ok(), || format!("wanted to be accepted, got {outcome:?}"));
    }

    fn note(&mut self, name: &str, right: bool, what: impl Fn() -> String) {
        self.rows += 1;
        if !right {
            self.wrong.push(format!("{name}: {}", what()));
        }
    }
}

/// Every row is gone through before the test fails, so that it tells all that is wrong at once.
impl Drop for Table<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.rows > 0, "an empty table shows nothing");
            assert!(self.wrong.is_empty(), "{} of {} rows:\n{}", self.wrong.len(), self.rows, self.wrong.join("\n"));
        }
    }
}

/// Refused by check 1.
pub fn form(refusal: FormRefusal) -> Refusal {
    refusal.into()
}

/// Refused by check 2.
pub fn sig(refusal: SignatureRefusal) -> Refusal {
    refusal.into()
}

/// Refused by check 3, because of this claim.
pub fn claim(name: &'static str, fault: ClaimFault) -> Refusal {
    fault.of(name).into()
}
