//! The partner's web site, with a stub in place of the authorization server and the API. The stub says what it is told to
//! say, so it can be one that means ill.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper of tests may fail the test")]

mod browser;
mod connecting;
mod hostile;
mod pages;
mod stub;
#[path = "../support/mod.rs"]
mod support;

use third_party_app::site::{Site, SiteOptions};

use browser::Browser;
use stub::Stub;

/// A site with its stub.
struct Shop {
    stub: Stub,
    url: String,
    handle: actix_web::dev::ServerHandle,
}

impl Shop {
    async fn open() -> Self {
        Self::with(Stub::start().await)
    }

    fn with(stub: Stub) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        let options = SiteOptions {
            issuer: stub.issuer.clone(),
            client_id: "cli_1".to_owned(),
            client_secret: "a secret of the client's".into(),
            public_url: url.parse().unwrap(),
            orders_url: stub.issuer.parse().unwrap(),
            host: "127.0.0.1".parse().unwrap(),
            port,
            connect_to: Vec::new(),
            handle_signals: false,
        };
        let site = Site::open(&options).unwrap();
        let handle = site.handle();
        actix_web::rt::spawn(site.run_until_stopped());
        Self { stub, url, handle }
    }

    /// A browser that has nothing yet.
    fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}
