//! Authorization as part of a handler's signature, for actix-web.
//!
//! ```
//! use actix_web::{HttpResponse, Responder, http::Method};
//! use shared_claims::extract::{Caller, Endpoint};
//! use shared_claims::permission::orders::ReadOrders;
//!
//! async fn list_orders(caller: Caller<ReadOrders>) -> impl Responder {
//!     HttpResponse::Ok().body(format!("orders of {}", caller.client_id()))
//! }
//!
//! // Path, method and handler; the permission is read off the handler's signature.
//! let endpoint = Endpoint::protected(Method::GET, "/orders", list_orders);
//! ```

mod caller;
mod denied;
mod endpoint;
mod gate;

pub use caller::Caller;
pub use denied::{Denied, Reason};
pub use endpoint::{Access, Endpoint, LedByCaller, register};
pub use gate::Gate;
