//! The sequence, played against running services: steps 1 to 12 among programs, and 13 to 20 with a person. Each step is
//! a file; this one and `people` are their order.

mod accounts;
mod audit;
mod boundaries;
mod discover;
mod expiry;
mod fault;
mod fulfilment;
mod options;
mod orders;
mod people;
mod receipt;
mod register;
mod session;
mod sign_in;
mod stage;
mod suspension;

use std::io::Write;
use std::time::Duration;

pub use options::{Cast, WalkthroughOptions};

use fault::Fault;
use session::Session;
use stage::Stage;

use crate::tokens::Registration;

/// How many steps there are.
pub(crate) const STEPS: u8 = 20;

/// A walk in which nothing differed from the sequence.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// The steps that are as the sequence says.
    pub passed: Vec<u8>,
    /// The steps that were not played, because nobody played the operator.
    pub skipped: Vec<u8>,
    /// The steps of `passed` of which a part was not played, for the same reason.
    pub partly_skipped: Vec<u8>,
    /// How many requests were sent.
    pub requests: u32,
    /// How often each client asked for a token up to step 10, where it is asserted.
    pub token_requests: Vec<(String, u32)>,
    /// How long it took.
    pub elapsed: Duration,
}

/// The step that differs from the sequence, and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("step {step} differs from the sequence: {reason}")]
pub struct StepFailure {
    /// 1 to 20.
    pub step: u8,
    /// What was demanded and what was found.
    pub reason: String,
}

/// Plays the sequence and reports it to `out`.
///
/// # Errors
/// [`StepFailure`] at the first difference, which has then been reported too. A report that cannot be written (a
/// closed pipe) also ends the walk.
pub async fn run(options: WalkthroughOptions, out: &mut (dyn Write + Send)) -> Result<Summary, StepFailure> {
    let mut stage = Stage::new(&options, out).map_err(|fault| StepFailure { step: 1, reason: fault.to_string() })?;
    // Boxed, because the future of twenty steps is large and callers may hold it on their stack.
    let outcome = Box::pin(play(&mut stage, &options)).await;
    stage.end(outcome)
}

async fn play(stage: &mut Stage<'_>, options: &WalkthroughOptions) -> Result<(), Fault> {
    let (operator, first, other) = match &options.cast {
        Cast::OperatorAndClient { email, password } => {
            let operator = sign_in::step(stage, &options.issuer, &options.admin_url, email, password).await?;
            let [first, other] = register::step(stage, &operator).await?;
            (Some(operator), first, Some(other))
        }
        Cast::ClientOnly { client_id, client_secret } => {
            let why = "nobody plays the operator: a registration was given";
            stage.skip(1, sign_in::TITLE, why)?;
            stage.skip(2, register::TITLE, why)?;
            stage.remember("CLIENT_ID", client_id);
            stage.remember("CLIENT_SECRET", client_secret.expose());
            let registration =
                Registration { name: "the client", client_id: client_id.clone(), client_secret: client_secret.clone() };
            (None, registration, None)
        }
    };
    let others = operator.as_ref().zip(other);

    let mut client = Session::begin(stage, &options.issuer, &options.orders_url, first, others.is_some()).await?;
    let account_id = accounts::step(stage, &mut client).await?;
    let order = orders::place(stage, &mut client, &account_id).await?;
    orders::read(stage, &mut client, &order, others.is_some()).await?;
    let fulfilment = fulfilment::step(stage, &mut client, &order).await?;
    receipt::step(stage, &client, &order, &fulfilment).await?;
    let mut other = boundaries::step(stage, &mut client, &order, others).await?;
    expiry::step(stage, &mut client, other.as_mut()).await?;
    suspension::step(stage, operator.as_ref(), &mut client).await?;
    audit::step(stage, operator.as_ref(), &client, &fulfilment).await?;
    people::play(stage, operator.as_ref(), &client.api).await
}
