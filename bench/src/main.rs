//! One handler, three ways: without authorization, with a verified token that is remembered, and with one that is
//! verified anew each time. `bench/run` compares them; the tokens to send are written to a file.

use std::io::{Error, Write};
use std::sync::Arc;
use std::time::SystemTime;

use actix_web::http::Method;
use actix_web::{App, HttpResponse, HttpServer, Responder, web};
use jsonwebtoken::Algorithm;
use serde_json::json;
use shared_claims::agreement::Agreement;
use shared_claims::cache::Cached;
use shared_claims::claims::{AccessToken, Kind};
use shared_claims::clock::Clock;
use shared_claims::extract::{Caller, Endpoint, Gate, register};
use shared_claims::ids::{Audience, Issuer};
use shared_claims::keys::{KeySet, KeySource};
use shared_claims::permission::orders::{OrdersApi, ReadOrders};
use shared_claims::testing::{Mint, TestClock};
use shared_claims::verify::Verifier;

const ISSUER: &str = "http://localhost:8080";
const AUDIENCE: &str = "http://localhost:8081";
const TOKENS: usize = 10_000;

fn answer() -> impl Responder {
    HttpResponse::Ok().json(json!({"hello": "world"}))
}

async fn open() -> impl Responder {
    answer()
}

async fn protected(_caller: Caller<ReadOrders>) -> impl Responder {
    answer()
}

#[actix_web::main]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let (Some(port), Some(cache), Some(tokens_file)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err(Error::other("usage: bench PORT CACHE_BYTES TOKENS_FILE"));
    };
    let clock = TestClock::new();
    let mint = Mint::new(ISSUER, clock.clone());
    let mut file = std::fs::File::create(tokens_file)?;
    for number in 0..TOKENS {
        let client = format!("cli_{number}");
        writeln!(file, "{}", mint.access_token(AUDIENCE, &client, "orders:read orders:write").build())?;
    }
    let gate = web::Data::new(gate(&mint, ticking(&clock), cache.parse().map_err(Error::other)?)?);
    let app = move || {
        let endpoints = vec![
            Endpoint::public(Method::GET, "/open", open),
            Endpoint::protected(Method::GET, "/protected", protected),
        ];
        App::new().app_data(gate.clone()).configure(|config| register(endpoints, config))
    };
    let port = port.parse().map_err(Error::other)?;
    HttpServer::new(app).workers(1).bind(("127.0.0.1", port))?.run().await
}

/// Reads the system's clock as a service does, so that this cost is measured too, and tells the mint's time.
fn ticking(clock: &TestClock) -> Clock {
    let (system, stopped) = (Clock::system(), clock.clock());
    Clock::from_fn(move || {
        let _ = system.now();
        SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(stopped.now().seconds())
    })
}

fn gate(mint: &Mint, clock: Clock, cache: u64) -> Result<Gate<OrdersApi>, Error> {
    let issuer = Issuer::new(ISSUER).map_err(Error::other)?;
    let audience = Audience::new(AUDIENCE).map_err(Error::other)?;
    let agreement = Agreement::new(issuer, audience, AccessToken::TYP, &[Algorithm::ES256]).map_err(Error::other)?;
    let keys: Arc<dyn KeySource> = Arc::new(KeySet::from_json(mint.jwks_json().as_bytes()).map_err(Error::other)?);
    let verifier = Verifier::<AccessToken>::new(agreement, Arc::clone(&keys), clock.clone());
    Ok(match cache {
        0 => Gate::new(Arc::new(verifier)),
        bytes => Gate::new(Arc::new(Cached::new(verifier, keys, clock, bytes))),
    })
}
