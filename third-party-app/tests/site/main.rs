//! The partner's web site, with a stub in place of the authorization server and the API. The stub says what it is told to
//! say, so it can be one that means ill.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper of tests may fail the test")]

mod browser;
mod callback;
mod connecting;
mod cookie;
mod flood;
mod hostile;
mod pages;
mod refreshing;
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
    /// The name that browsers know, where something stands before the site.
    host: Option<String>,
    handle: actix_web::dev::ServerHandle,
}

impl Shop {
    async fn open() -> Self {
        Self::with(Stub::start().await, None)
    }

    /// One that is called by another name than that of the machine, as behind a proxy.
    async fn behind(public_url: &str) -> Self {
        Self::with(Stub::start().await, Some(public_url))
    }

    fn with(stub: Stub, public_url: Option<&str>) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        let options = SiteOptions {
            issuer: stub.issuer.clone(),
            client_id: "cli_1".to_owned(),
            client_secret: "a secret of the client's".into(),
            public_url: public_url.unwrap_or(&url).parse().unwrap(),
            orders_url: stub.issuer.parse().unwrap(),
            host: "127.0.0.1".parse().unwrap(),
            port,
            connect_to: Vec::new(),
            handle_signals: false,
        };
        let site = Site::open(&options).unwrap();
        let handle = site.handle();
        actix_web::rt::spawn(site.run_until_stopped());
        let host = public_url.and_then(|url| Some(url.split_once("://")?.1.to_owned()));
        Self { stub, url, host, handle }
    }

    /// A browser that has nothing yet.
    fn browser(&self) -> Browser {
        let mut browser = Browser::new(&self.url);
        browser.host.clone_from(&self.host);
        browser
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}
