//! From bound ports to a running server.

use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer};

use super::management::{self, ManagementPort};
use super::observe::{self, Service};
use super::{BoundServer, ServerError, answers, signals};
use crate::health::{Readiness, healthz, readyz};
use crate::problem::Problem;
use crate::{body, metrics, request_id};

/// Longest time for a client to send its request head: slow and silent connections go.
const HEAD_LIMIT: Duration = Duration::from_secs(5);
/// Longest time that a connection may lie idle.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Most connections of one worker.
const MAX_CONNECTIONS: usize = 5_000;

impl BoundServer {
    /// Starts to serve: what `configure` adds, `/healthz` and `/readyz`; and `/metrics` on the management port. The
    /// server runs on its own threads; the future that is returned ends when it has stopped.
    ///
    /// In `configure`, give a path one `web::resource` with all its methods: only so is a wrong method answered with
    /// 405.
    ///
    /// # Errors
    /// [`ServerError::Start`].
    pub fn run<F>(self, configure: F, readiness: Readiness) -> Result<Server, ServerError>
    where
        F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
    {
        let settings = self.settings;
        let service = Service(settings.service);
        let management_port = ManagementPort(self.management.as_ref().map(|socket| socket.port));
        let _ = metrics::install();
        let drain = readiness.clone();
        // Cloned, not shared behind one more `Arc`: everything in it already is.
        let factory = move || {
            App::new()
                .app_data(Data::new(readiness.clone()))
                .app_data(management_port)
                .app_data(service)
                .configure(body::configure)
                .service(web::resource("/healthz").get(healthz))
                .service(web::resource("/readyz").get(readyz))
                .configure(configure.clone())
                .default_service(web::to(nothing_here))
                // The last one is the first to see a request.
                .wrap(from_fn(answers::complete))
                .wrap(from_fn(observe::observe))
                .wrap(from_fn(request_id::assign))
                .wrap(from_fn(management::split))
        };
        let cut_off = settings.shutdown_timeout.saturating_sub(settings.drain_delay).as_secs().max(1);
        let listener = self.public.listener.try_clone()?;
        let mut server = HttpServer::new(factory)
            .workers(settings.workers.clamp(1, 64))
            .max_connections(MAX_CONNECTIONS)
            .client_request_timeout(HEAD_LIMIT)
            .keep_alive(KEEP_ALIVE)
            .shutdown_timeout(cut_off)
            .listen(self.public.listener)?;
        if let Some(socket) = self.management {
            server = server.listen(socket.listener)?;
        }
        server = match settings.handle_signals {
            true => server.shutdown_signal(signals::stop(drain, settings.drain_delay, listener)),
            false => server.disable_signals(),
        };
        log::info!("{} listens on {}:{}", settings.service, settings.host, self.public.port);
        Ok(server.run())
    }
}

async fn nothing_here() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}
