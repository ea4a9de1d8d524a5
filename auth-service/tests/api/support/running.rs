//! The service on a thread of its own, as it is in production: a test that blocks does not block the service. Or as a
//! process of its own, to be killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use auth_service::settings::Settings;
use auth_service::startup::Application;
use shared_claims::clock::Clock;
use tokio::sync::oneshot;

pub struct Running {
    pub port: u16,
    home: Home,
}

enum Home {
    Thread(ServerHandle, Option<JoinHandle<()>>),
    Process(Mutex<Child>),
}

impl Running {
    /// The text of the error is the one that a person at a terminal would read.
    pub async fn start(settings: Settings, clock: Clock) -> Result<Self, String> {
        let (tell, told) = oneshot::channel();
        let serve = async move {
            match Application::build(settings, clock).await {
                Ok(application) => {
                    let _ = tell.send(Ok((application.port(), application.handle())));
                    let _ = application.run_until_stopped().await;
                }
                Err(error) => {
                    let _ = tell.send(Err(error.to_string()));
                }
            }
        };
        let thread = std::thread::spawn(move || actix_web::rt::System::new().block_on(serve));
        let (port, handle) = told.await.unwrap()?;
        Ok(Self { port, home: Home::Thread(handle, Some(thread)) })
    }

    pub fn process(arguments: &[String]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_auth-service"));
        let mut child =
            command.arg("serve").args(arguments).env_remove("RUST_LOG").stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        // The operator is there before it listens; the port stands in the log.
        let port = lines.by_ref().find_map(|line| line.unwrap().split_once("listens on 127.0.0.1:")?.1.parse().ok());
        std::thread::spawn(move || lines.for_each(drop));
        Self { port: port.unwrap(), home: Home::Process(Mutex::new(child)) }
    }

    /// As by `kill -9`.
    pub fn kill(&self) {
        let Home::Process(child) = &self.home else { panic!("a thread cannot be killed") };
        child.lock().unwrap().kill().unwrap();
    }
}

impl Drop for Running {
    /// A thread is asked to stop; a process is killed, as by `kill -9`.
    fn drop(&mut self) {
        match &mut self.home {
            Home::Thread(handle, thread) => {
                // The command is sent by the call; only its completion would have to be awaited.
                drop(handle.stop(false));
                let _ = thread.take().map(JoinHandle::join);
            }
            Home::Process(child) => {
                let child = child.get_mut().unwrap();
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}
