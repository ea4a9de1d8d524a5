//! `POST /fulfilments`: orders-service hands over what was asked for, by a partner or through one.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use service_kit::Problem;
use service_kit::body::JsonBody;
use shared_claims::extract::Caller;
use shared_claims::permission::admin::AcceptFulfilment;

use super::body::FulfilmentBody;
use crate::domain::{Fulfilment, FulfilmentRequest};
use crate::routes::Trail;
use crate::store::{Accepted, Fulfilments};

/// 201 at first, 200 when repeated, 409 for something else under the same id.
///
/// The partner comes from the token: what orders-service said of it in the body would be its word alone. It is the
/// client that acted first, if somebody else than the partner is the subject, a person or one of its accounts; else it
/// is the subject. This is written down and shown, and opens nothing: whoever may hand over anything may hand over this.
pub(in crate::routes) async fn accept(
    caller: Caller<AcceptFulfilment>,
    JsonBody(request): JsonBody<FulfilmentRequest>,
    trail: web::Data<Trail>,
    fulfilments: web::Data<Fulfilments>,
) -> Result<HttpResponse, Problem> {
    let partner = caller.token().first_actor().unwrap_or_else(|| caller.subject()).as_str();
    let wanted = Fulfilment::accepted(request, partner, trail.now());
    let event = trail.event("fulfilment.accept", &caller).partner(partner).object(&wanted.fulfilment_id);
    match fulfilments.accept(wanted, event).await? {
        Accepted::New(fulfilment) => {
            let location = format!("/fulfilments/{}", fulfilment.fulfilment_id);
            Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(FulfilmentBody::from(fulfilment)))
        }
        Accepted::Repeated(fulfilment) => Ok(HttpResponse::Ok().json(FulfilmentBody::from(fulfilment))),
        Accepted::Conflict => Err(Problem::conflict("Another fulfilment was accepted under this fulfilment_id.")),
    }
}
