//! Asking a busy service again: passwords are hashed, which takes a while, and longer on a busy machine.

use std::time::{Duration, Instant};

use third_party_app::http::{Answer, Http, Request};

use crate::Failure;

/// How long a busy service is asked again. It hashes some passwords a second; only a machine that has no time for it at
/// all needs longer.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The pause where a service does not say when to come again.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest pause, whatever it says.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Sends the request, and comes again while the service is busy (503), when it says (`Retry-After`, RFC 9110 section
/// 10.2.3). Bound by time and not by a number of tries: how often it is asked says nothing about how long it had.
///
/// # Errors
/// [`Failure::Start`], which names the service: nobody answers, or it is still busy after `patience`.
pub async fn persist(http: &Http, request: &Request, patience: Duration) -> Result<Answer, Failure> {
    let begun = Instant::now();
    loop {
        let answer = http.send(request).await.map_err(|error| Failure::Start(error.to_string()))?;
        if answer.status.as_u16() != 503 {
            return Ok(answer);
        }
        if begun.elapsed() >= patience {
            return Err(Failure::Start(format!(
                "{} is still busy (503) after {} s of asking again; start again when this machine has less to do",
                answer.url,
                patience.as_secs(),
            )));
        }
        let told = answer.header("retry-after").and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        tokio::time::sleep(told.unwrap_or(PAUSE).min(LONGEST_PAUSE)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use actix_web::web::{self, Data};
    use actix_web::{App, HttpResponse, HttpServer};
    use url::Url;

    use super::*;

    /// Busy for so many requests, and in no hurry to be asked again.
    async fn busy_for(requests: usize) -> Request {
        let left = Data::from(Arc::new(AtomicUsize::new(requests)));
        async fn answer(left: Data<AtomicUsize>) -> HttpResponse {
            match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
                Ok(_) => HttpResponse::ServiceUnavailable().insert_header(("Retry-After", "0")).finish(),
                Err(_) => HttpResponse::Created().finish(),
            }
        }
        let server = HttpServer::new(move || App::new().app_data(left.clone()).default_service(web::to(answer)));
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
        let address = server.addrs()[0];
        actix_web::rt::spawn(server.run());
        Request::post(Url::parse(&format!("http://{address}/users")).unwrap())
    }

    #[actix_web::test]
    async fn a_service_that_is_busy_many_times_is_asked_until_it_has_time() {
        let request = busy_for(40).await;
        let answer = persist(&Http::new(&[]).unwrap(), &request, PATIENCE).await.unwrap();
        assert_eq!(answer.status.as_u16(), 201);
    }

    #[actix_web::test]
    async fn a_service_that_stays_busy_is_named_with_how_long_it_was_asked() {
        let request = busy_for(usize::MAX).await;
        let failure = persist(&Http::new(&[]).unwrap(), &request, Duration::ZERO).await.unwrap_err().to_string();
        assert!(failure.contains("/users is still busy (503) after 0 s"), "{failure}");
    }
}
