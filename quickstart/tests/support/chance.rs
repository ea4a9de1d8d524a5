//! Chance that can be repeated.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// The variable that repeats a run: the seed that it printed.
const SEED: &str = "KILL_SEED";

/// Numbers by splitmix64.
pub struct Chance(u64);

impl Chance {
    /// From the seed that is given, else from a new one. It is printed, which is seen when the test fails.
    #[expect(clippy::disallowed_methods, reason = "tests have no settings of their own")]
    pub fn new() -> Self {
        let given = std::env::var(SEED).ok().map(|seed| seed.parse().unwrap());
        let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        println!("repeat these random instants with {SEED}={seed}");
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A time below `limit`, to the microsecond.
    pub fn below(&mut self, limit: Duration) -> Duration {
        let limit = u64::try_from(limit.as_micros()).unwrap();
        Duration::from_micros(self.next() % limit)
    }
}
