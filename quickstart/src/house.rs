//! Where everything of one installation is: directory, ports, URLs.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::Failure;
use crate::cli::{Place, Service};

/// One installation on this machine.
pub struct House {
    directory: PathBuf,
    urls: [String; 3],
    ports: [u16; 3],
    partner_port: u16,
    _temporary: Option<TempDir>,
}

/// A directory that nobody else can read, as the services make theirs.
fn temporary() -> std::io::Result<TempDir> {
    let mut directory = tempfile::Builder::new();
    directory.prefix("jwt-reference-");
    #[cfg(unix)]
    directory.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    directory.tempdir()
}

impl House {
    /// In the directory that was named, or in a temporary one that goes with it.
    ///
    /// # Errors
    /// [`Failure::Io`] if there is no temporary directory to be had.
    pub fn open(place: &Place) -> Result<Self, Failure> {
        let temporary = if place.temporary { Some(temporary()?) } else { None };
        let directory = temporary.as_ref().map_or_else(|| place.data.clone(), |dir| dir.path().to_owned());
        let house = Self {
            directory,
            urls: Service::ALL.map(|service| place.url(service)),
            ports: Service::ALL.map(|service| place.port(service)),
            partner_port: place.partner_port,
            _temporary: temporary,
        };
        Ok(house)
    }

    /// The directory of all data.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where the first operator's password is.
    pub fn password_file(&self) -> PathBuf {
        self.directory.join("operator-password")
    }

    /// The port of the partner's web site.
    pub fn partner_port(&self) -> u16 {
        self.partner_port
    }

    /// The public URL of a service: its identity, and here also its location.
    pub fn url(&self, service: Service) -> &str {
        let [auth, orders, admin] = &self.urls;
        match service {
            Service::Auth => auth,
            Service::Orders => orders,
            Service::Admin => admin,
        }
    }

    /// The port of a service.
    pub fn port(&self, service: Service) -> u16 {
        let [auth, orders, admin] = self.ports;
        match service {
            Service::Auth => auth,
            Service::Orders => orders,
            Service::Admin => admin,
        }
    }

    /// The settings that every service is given, as on its command line. They are all given, so that what stands in
    /// the environment for another purpose does not decide.
    pub fn arguments(&self, service: Service) -> Vec<String> {
        let (name, port) = (service.name(), self.port(service));
        let database = self.directory.join(format!("{name}.db"));
        let pairs = [
            ("--host", "127.0.0.1".to_owned()),
            ("--port", port.to_string()),
            ("--management-port", port.saturating_add(1000).to_string()),
            ("--database-url", format!("sqlite://{}", database.display())),
            ("--issuer", self.url(Service::Auth).to_owned()),
        ];
        let mut arguments = vec![name.to_owned()];
        arguments.extend(pairs.into_iter().flat_map(|(option, value)| [option.to_owned(), value]));
        arguments
    }
}
