//! The rules of codes and refresh tokens in every order that two replicas can bring about, by exhaustive search.
//!
//! The model runs the functions that the service runs (`domain::one_time`). Around them it has what the service relies on:
//! a database in which a transaction sees what was committed, a row that one transaction changed is locked for the others
//! until it ends, and a conditional update that had to wait looks at the row again (PostgreSQL's READ COMMITTED; SQLite has
//! one writer, which is less). Requests come to two replicas, which may be killed at any step; and at any time the person
//! may withdraw what they allowed.

#![expect(clippy::indexing_slicing, reason = "a model that looks beyond its own lists is to panic")]

use auth_service::domain::one_time::{self, Presented, Refusal, Standing, Verdict};
use stateright::{Checker as _, Model, Property};

/// Requests, and the replicas that they come to.
const REQUESTS: usize = 3;
const REPLICAS: usize = 2;

/// Something that is good once: the code, or the refresh token with this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum OneTime {
    Code,
    RefreshToken(usize),
}

/// What is committed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Database {
    code_spent: bool,
    /// Each refresh token that there is, in the order of issue: whether it is spent.
    refresh_tokens: Vec<bool>,
    revoked: bool,
}

impl Database {
    fn is_spent(&self, one_time: OneTime) -> bool {
        match one_time {
            OneTime::Code => self.code_spent,
            OneTime::RefreshToken(number) => self.refresh_tokens[number],
        }
    }

    fn spend(&mut self, one_time: OneTime) {
        match one_time {
            OneTime::Code => self.code_spent = true,
            OneTime::RefreshToken(number) => self.refresh_tokens[number] = true,
        }
    }

    /// What a client can still go on with.
    fn live_descendants(&self) -> usize {
        let unspent = self.refresh_tokens.iter().filter(|spent| !**spent).count();
        if self.revoked { 0 } else { unspent }
    }
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Request {
    NotYet,
    /// It has looked, and will spend. No lock is held.
    WillSpend(OneTime),
    /// `UPDATE … SET spent_at … WHERE spent_at IS NULL` has run, and met an unspent row or not.
    Marked {
        one_time: OneTime,
        was_unspent: bool,
    },
    /// `UPDATE … SET used_at … WHERE revoked_at IS NULL` has run too.
    Touched {
        one_time: OneTime,
        was_unspent: bool,
        is_live: bool,
    },
    /// It has seen a second use, and will revoke.
    WillRevoke(OneTime),
    Answered(OneTime, Verdict),
    Killed,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct World {
    database: Database,
    requests: [Request; REQUESTS],
    withdrawn: bool,
    /// How often each was answered with tokens: the code, and the refresh tokens in the order of issue.
    wins: Vec<usize>,
    issued_too_late: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Action {
    /// A request arrives and looks at what it presents: the code or any refresh token that was ever issued.
    Arrive(usize, OneTime),
    /// It runs its next statement.
    Go(usize),
    /// A replica is killed; its open transactions are rolled back.
    Kill(usize),
    Withdraw,
}

/// The rules under test.
#[derive(Clone, Copy)]
struct Rules {
    judge: fn(Presented) -> Verdict,
    settle: fn(bool, bool) -> Verdict,
}

impl World {
    fn holds_row(&self, other_than: usize, one_time: OneTime) -> bool {
        self.others(other_than).any(|request| match request {
            Request::Marked { one_time: held, was_unspent } => was_unspent && held == one_time,
            Request::Touched { one_time: held, was_unspent, .. } => was_unspent && held == one_time,
            _ => false,
        })
    }

    fn holds_authorization(&self, other_than: Option<usize>) -> bool {
        self.others(other_than.unwrap_or(REQUESTS))
            .any(|request| matches!(request, Request::Touched { is_live: true, .. }))
    }

    fn others(&self, than: usize) -> impl Iterator<Item = Request> + '_ {
        self.requests.iter().copied().enumerate().filter(move |(index, _)| *index != than).map(|(_, request)| request)
    }

    fn look(&self, rules: Rules, one_time: OneTime) -> Request {
        let presented = Presented {
            is_of_client: true,
            expired: false,
            spent: self.database.is_spent(one_time),
            authorization: if self.database.revoked { Standing::Revoked } else { Standing::Live },
        };
        match (rules.judge)(presented) {
            Verdict::Spend => Request::WillSpend(one_time),
            Verdict::Reuse => Request::WillRevoke(one_time),
            refused => Request::Answered(one_time, refused),
        }
    }

    /// The next statement of a request; `None` while it has to wait for a lock.
    fn step(&mut self, rules: Rules, index: usize) -> Option<()> {
        self.requests[index] = match self.requests[index] {
            Request::WillSpend(one_time) if self.holds_row(index, one_time) => return None,
            Request::WillSpend(one_time) => {
                Request::Marked { one_time, was_unspent: !self.database.is_spent(one_time) }
            }
            Request::Marked { .. } if self.holds_authorization(Some(index)) => return None,
            Request::Marked { one_time, was_unspent } => {
                Request::Touched { one_time, was_unspent, is_live: !self.database.revoked }
            }
            Request::Touched { one_time, was_unspent, is_live } => {
                let verdict = (rules.settle)(was_unspent, is_live);
                self.commit(one_time, verdict, was_unspent);
                Request::Answered(one_time, verdict)
            }
            Request::WillRevoke(_) if self.holds_authorization(Some(index)) => return None,
            Request::WillRevoke(one_time) => {
                self.database.revoked = true;
                Request::Answered(one_time, Verdict::Reuse)
            }
            Request::NotYet | Request::Answered(..) | Request::Killed => return None,
        };
        Some(())
    }

    fn commit(&mut self, one_time: OneTime, verdict: Verdict, was_unspent: bool) {
        if was_unspent {
            self.database.spend(one_time);
        }
        match verdict {
            Verdict::Spend => {
                self.issued_too_late |= self.database.revoked;
                self.database.spend(one_time);
                self.database.refresh_tokens.push(false);
                self.wins.push(0);
                let number = match one_time {
                    OneTime::Code => 0,
                    OneTime::RefreshToken(number) => number + 1,
                };
                self.wins[number] += 1;
            }
            Verdict::Reuse => self.database.revoked = true,
            Verdict::Refuse(_) => {}
        }
    }

    fn answered(&self, wanted: fn(&Verdict) -> bool) -> bool {
        self.requests.iter().any(|request| matches!(request, Request::Answered(_, verdict) if wanted(verdict)))
    }
}

impl Model for Rules {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        let database = Database { code_spent: false, refresh_tokens: Vec::new(), revoked: false };
        vec![World {
            database,
            requests: [Request::NotYet; REQUESTS],
            withdrawn: false,
            wins: vec![0],
            issued_too_late: false,
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        let issued = (0..world.database.refresh_tokens.len()).map(OneTime::RefreshToken);
        let presentable = issued.chain([OneTime::Code]).collect::<Vec<_>>();
        for (index, request) in world.requests.iter().enumerate() {
            match request {
                Request::NotYet => actions.extend(presentable.iter().map(|what| Action::Arrive(index, *what))),
                Request::Answered(..) | Request::Killed => {}
                _ => actions.push(Action::Go(index)),
            }
        }
        actions.extend((0..REPLICAS).map(Action::Kill));
        if !world.withdrawn {
            actions.push(Action::Withdraw);
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        match action {
            Action::Arrive(index, one_time) => next.requests[index] = world.look(*self, one_time),
            Action::Go(index) => next.step(*self, index)?,
            Action::Kill(replica) => {
                let of_replica = next.requests.iter_mut().enumerate().filter(|(index, _)| index % REPLICAS == replica);
                for (_, request) in of_replica {
                    if !matches!(request, Request::NotYet | Request::Answered(..)) {
                        *request = Request::Killed;
                    }
                }
            }
            Action::Withdraw if world.holds_authorization(None) => return None,
            Action::Withdraw => {
                next.database.revoked = true;
                next.withdrawn = true;
            }
        }
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("nothing has two winners", |_, world: &World| world.wins.iter().all(|wins| *wins <= 1)),
            Property::always("at most one descendant lives", |_, world: &World| world.database.live_descendants() <= 1),
            Property::always("none lives after a second use was seen", |_, world: &World| {
                !world.answered(|verdict| *verdict == Verdict::Reuse) || world.database.live_descendants() == 0
            }),
            Property::always("none lives after a withdrawal", |_, world: &World| {
                !world.withdrawn || world.database.live_descendants() == 0
            }),
            Property::always("nothing is issued once it is revoked", |_, world: &World| !world.issued_too_late),
            Property::always("whoever is refused finds it revoked", |_, world: &World| {
                !world.answered(|verdict| *verdict != Verdict::Spend) || world.database.revoked
            }),
            Property::sometimes("a chain of three is issued", |_, world: &World| {
                world.database.refresh_tokens == [true, true, false]
            }),
            Property::sometimes("a second use is seen", |_, world: &World| {
                world.answered(|verdict| *verdict == Verdict::Reuse)
            }),
            Property::sometimes("a withdrawal comes between the look and the write", |_, world: &World| {
                world.withdrawn && world.answered(|verdict| *verdict == Verdict::Refuse(Refusal::Revoked))
            }),
        ]
    }
}

const OURS: Rules = Rules { judge: one_time::judge, settle: one_time::settle };

#[test]
fn the_rules_hold_in_every_interleaving_of_three_requests_at_two_replicas() {
    let checker = OURS.checker().spawn_bfs().join();
    println!("{} different states", checker.unique_state_count());
    checker.assert_properties();
    assert!(checker.unique_state_count() > 1_000, "the model is too small to mean anything");
}

/// A check that cannot fail is none: each rule that is left out is found to be missing.
#[test]
fn a_rule_that_is_left_out_is_found() {
    /// Find, then mark: what the write finds is not looked at.
    fn unconditional(_: bool, _: bool) -> Verdict {
        Verdict::Spend
    }
    /// A spent one is refused and nothing is revoked.
    fn forgiving(presented: Presented) -> Verdict {
        match one_time::judge(presented) {
            Verdict::Reuse => Verdict::Refuse(Refusal::Expired),
            other => other,
        }
    }
    /// The authorization is not looked at when the write is done.
    fn withdrawn_unseen(was_unspent: bool, _: bool) -> Verdict {
        one_time::settle(was_unspent, true)
    }
    let found = |rules: Rules, property: &'static str| rules.checker().spawn_bfs().join().discovery(property).is_some();
    let find_then_mark = Rules { settle: unconditional, ..OURS };
    assert!(found(find_then_mark, "nothing has two winners"));
    assert!(found(find_then_mark, "at most one descendant lives"));
    assert!(found(Rules { judge: forgiving, ..OURS }, "whoever is refused finds it revoked"));
    assert!(found(Rules { settle: withdrawn_unseen, ..OURS }, "nothing is issued once it is revoked"));
}
