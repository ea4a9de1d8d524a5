//! What callers see of what went wrong: decided here, and never with a cause.

use actix_web::http::header::WWW_AUTHENTICATE;
use service_kit::Problem;

use crate::domain::refusal::Refusal;
use crate::settings::SERVICE;
use crate::store::WriteError;

/// With the challenge of a refused token (RFC 6750 section 3); `error` is its last parameters.
pub(super) fn challenged(problem: Problem, resource_metadata: &str, error: &str) -> Problem {
    let challenge = format!("Bearer realm=\"{SERVICE}\", resource_metadata=\"{resource_metadata}\", {error}");
    problem.with_header(WWW_AUTHENTICATE, &challenge)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::KeyReused => Self::new(
                actix_web::http::StatusCode::UNPROCESSABLE_ENTITY,
                "This Idempotency-Key was already used with another request.",
            ),
            Refusal::ExternalIdTaken => Self::conflict("There is already an account with this external_id."),
            Refusal::UnknownAccount => Self::invalid_field("/account_id", "must be one of your accounts"),
            Refusal::OpenedByAccount => {
                Self::forbidden("The access token speaks for an account, and accounts open none.")
            }
            Refusal::UnknownOrder | Refusal::ForeignAccount => Self::not_found(),
            Refusal::RequestedUnderOtherKey => Self::conflict(
                "Fulfilment of this order was already requested, under another Idempotency-Key (or with, now without one), \
                 or through another partner.",
            ),
        }
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Refused(refusal) => refusal.into(),
            WriteError::Twin => Self::unavailable(1).with_cause(error),
            WriteError::Store(error) => error.into(),
        }
    }
}
