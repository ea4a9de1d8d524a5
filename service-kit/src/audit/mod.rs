//! The audit trail: who did what, when, and with which outcome. Rows are only ever added; the database refuses the
//! rest.

mod event;
mod log;
mod page;
mod request;
mod row;
mod schema;

pub use event::{AuditEvent, Outcome};
pub use log::{AuditLog, AuditSink};
pub use page::AuditFilter;
pub use request::{AuditQuery, AuditRequest, Place};
pub use row::AuditRow;
