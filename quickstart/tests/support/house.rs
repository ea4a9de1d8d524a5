//! Three services, each a process of its own.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use reqwest::{Method, RequestBuilder};
use tempfile::TempDir;

use super::{Databases, PATIENCE, Ports, Process, http, send, until};

/// The three services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    Auth,
    Orders,
    Admin,
}

impl Service {
    pub const ALL: [Self; 3] = [Self::Auth, Self::Orders, Self::Admin];

    /// As quickstart calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Orders => "orders",
            Self::Admin => "admin",
        }
    }

    /// As it calls itself.
    pub fn name(self) -> String {
        format!("{}-service", self.word())
    }
}

/// Two CPUs and many tests: hashes as they should be would take longer than a sign-in may.
const CHEAP_PASSWORDS: [&str; 2] = ["--password-cost", "6"];

/// One installation: a directory, ports, databases, and which services run.
pub struct House {
    // Before the databases, which nobody must use when they are dropped, and before the directory.
    running: Mutex<HashMap<Service, Process>>,
    databases: Databases,
    given: HashMap<Service, Vec<String>>,
    ports: Ports,
    http: reqwest::Client,
    home: TempDir,
}

impl House {
    /// Where this run of the tests has its databases; nothing is started.
    pub fn new() -> Self {
        Self::with(Databases::of_this_run)
    }

    /// With databases elsewhere.
    pub fn with(databases: impl FnOnce(&Path) -> Databases) -> Self {
        let home = TempDir::with_prefix("jwt-reference-").unwrap();
        Self {
            running: Mutex::default(),
            databases: databases(home.path()),
            given: HashMap::from([(Service::Auth, CHEAP_PASSWORDS.map(str::to_owned).to_vec())]),
            ports: Ports::take(),
            http: http::client(),
            home,
        }
    }

    /// All three services, ready.
    pub async fn open() -> Self {
        let house = Self::new();
        house.start_all().await;
        house
    }

    /// A service is started with these settings too; of those that stand twice the later ones count.
    pub fn give(&mut self, service: Service, settings: &[&str]) {
        self.given.entry(service).or_default().extend(settings.iter().map(|text| (*text).to_owned()));
    }

    /// Starts all three, and waits until they are ready.
    pub async fn start_all(&self) {
        Service::ALL.into_iter().for_each(|service| self.start(service));
        for service in Service::ALL {
            self.ready(service).await;
        }
    }

    /// Starts a service, without waiting for it.
    pub fn start(&self, service: Service) {
        self.run(service, Process::start);
    }

    /// The same, where the disk is soon full.
    pub fn start_with_little_disk(&self, service: Service) {
        self.run(service, Process::start_with_little_disk);
    }

    fn run(&self, service: Service, start: fn(&Path, &str, &[String]) -> Process) {
        let given = self.given.get(&service).cloned().unwrap_or_default();
        let mut arguments = self.place();
        arguments.extend(["serve", service.word(), "--"].map(str::to_owned));
        arguments.extend(self.databases.settings(service).into_iter().chain(given));
        let process = start(self.path(), service.word(), &arguments);
        assert!(self.running().insert(service, process).is_none(), "{service:?} runs already");
    }

    /// The options that tell quickstart where everything is.
    pub fn place(&self) -> Vec<String> {
        let mut arguments = vec!["--data".to_owned(), self.path().display().to_string()];
        for service in Service::ALL {
            arguments.extend([format!("--{}-port", service.word()), self.ports.of(service).to_string()]);
        }
        arguments.extend(["--partner-port".to_owned(), self.ports.partner().to_string()]);
        arguments
    }

    /// SIGKILL.
    pub fn kill(&self, service: Service) {
        self.running().remove(&service).unwrap().kill();
    }

    /// A service hangs, or goes on.
    pub fn hang(&self, service: Service, hangs: bool) {
        self.running()[&service].hang(hangs);
    }

    /// SIGKILL, and a new start; waits until it is ready.
    pub async fn kill_and_restart(&self, service: Service) {
        self.kill(service);
        self.start(service);
        self.ready(service).await;
    }

    /// Waits until a service says that it is ready.
    pub async fn ready(&self, service: Service) {
        let ready = async || {
            if let Some(status) = self.running().get_mut(&service).and_then(Process::ended) {
                panic!("{service:?} ended: {status}");
            }
            send(self.get(service, "/readyz")).await.and_then(|answer| match answer.status {
                200 => Ok(()),
                _ => Err(answer.to_string()),
            })
        };
        until(PATIENCE, &format!("{service:?} is ready"), ready).await;
    }

    pub fn request(&self, method: Method, service: Service, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url(service)))
    }

    pub fn get(&self, service: Service, path: &str) -> RequestBuilder {
        self.request(Method::GET, service, path)
    }

    pub fn post(&self, service: Service, path: &str) -> RequestBuilder {
        self.request(Method::POST, service, path)
    }

    pub fn url(&self, service: Service) -> String {
        format!("http://localhost:{}", self.ports.of(service))
    }

    pub fn path(&self) -> &Path {
        self.home.path()
    }

    pub fn ports(&self) -> &Ports {
        &self.ports
    }

    /// What a service has logged since its first start.
    pub fn log(&self, service: Service) -> String {
        self.running()[&service].log()
    }

    /// One column of a table in a service's database, a text, sorted.
    pub fn column(&self, service: Service, table: &str, column: &str) -> Vec<String> {
        self.databases.column(service, table, column)
    }

    /// The metrics of a service, from its management port.
    pub async fn metrics(&self, service: Service) -> String {
        let url = format!("http://127.0.0.1:{}/metrics", self.ports.of(service) + 1000);
        send(self.http.get(url)).await.unwrap().expect(200).body
    }

    fn running(&self) -> MutexGuard<'_, HashMap<Service, Process>> {
        self.running.lock().unwrap()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for (service, process) in self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner).iter() {
                let log = process.log();
                let lines = log.lines().collect::<Vec<_>>();
                println!("--- the end of the log of {service:?}");
                lines[lines.len().saturating_sub(40)..].iter().for_each(|line| println!("{line}"));
            }
        }
    }
}
