//! Who owns what: partners, people and accounts, at every route.

mod accounts;
mod fulfilments;
mod keys;
mod names;
mod table;
