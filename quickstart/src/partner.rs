//! A partner's web site beside the services, for people with a browser: its registration, which is kept, and somebody
//! who can sign in.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use actix_web::dev::ServerHandle;
use actix_web::rt::task::JoinHandle;
use auth_service::operator::{self, FIRST_OPERATOR};
use serde_json::{Value, json};
use third_party_app::http::{Answer, Http, Request};
use third_party_app::random::unguessable;
use third_party_app::site::{CALLBACK, Site, SiteError, SiteOptions};
use url::Url;

use quickstart::Failure;
use quickstart::cli::Service;
use quickstart::house::House;
use quickstart::persist::{PATIENCE, persist};

/// The person's e-mail address.
const CUSTOMER: &str = "reader@example.com";
const NAME: &str = "Bright Books";
const SCOPE: &str = "openid profile email offline_access orders:read orders:write accounts:read accounts:write";

/// The site, which serves.
pub struct Partner {
    handle: ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Partner {
    /// Stops it.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        // Whether it ended well is of no consequence any more.
        let _ = self.serving.await;
    }
}

/// Registers what is not there yet, and opens the site.
pub async fn open(house: &House) -> Result<Partner, Failure> {
    let desk = Desk::open(house).await?;
    desk.keep_customer(&customer_password_file(house)).await?;
    let (client_id, client_secret) = desk.keep_partner(house).await?;
    let options = SiteOptions {
        issuer: house.url(Service::Auth).to_owned(),
        client_id,
        client_secret: client_secret.into(),
        public_url: url(&site_url(house))?,
        orders_url: url(house.url(Service::Orders))?,
        host: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: house.partner_port(),
        connect_to: Vec::new(),
        handle_signals: false,
    };
    let site = Site::open(&options).map_err(|error| match error {
        SiteError::Listen { address, .. } => Failure::Start(format!(
            "cannot listen on {address} for the partner's web site; stop what listens there, or choose another port \
             with --partner-port"
        )),
        other => Failure::Start(other.to_string()),
    })?;
    Ok(Partner { handle: site.handle(), serving: actix_web::rt::spawn(site.run_until_stopped()) })
}

/// What a person can do with it.
pub fn tell(house: &House) {
    anstream::println!(
        "
Be a person: open {site} in a browser, and connect the account of
  e-mail    {CUSTOMER}
  password  what stands in {password}",
        site = site_url(house),
        password = customer_password_file(house).display(),
    );
}

/// Not `localhost`: cookies do not know ports.
fn site_url(house: &House) -> String {
    format!("http://127.0.0.1:{}", house.partner_port())
}

fn customer_password_file(house: &House) -> PathBuf {
    house.directory().join("customer-password")
}

/// The operator, at admin-service.
struct Desk {
    http: Http,
    admin: String,
    token: String,
}

impl Desk {
    async fn open(house: &House) -> Result<Self, Failure> {
        let http = Http::new(&[]).map_err(start)?;
        let path = house.password_file();
        let missing = || Failure::Start(format!("{} is not there", path.display()));
        let password = operator::read_password(&path)?.ok_or_else(missing)?;
        let login = Request::post(url(&format!("{}/login", house.url(Service::Auth)))?)
            .json(json!({"email": FIRST_OPERATOR, "password": password.expose()}));
        let token = member(&persist(&http, &login, PATIENCE).await?, "access_token")?;
        Ok(Self { http, admin: house.url(Service::Admin).to_owned(), token })
    }

    /// The password is written down first: a customer whose password nobody knows would be of no use.
    async fn keep_customer(&self, path: &Path) -> Result<(), Failure> {
        let password = match operator::read_password(path)? {
            Some(password) => password.expose().clone(),
            None => {
                let password = unguessable().map_err(start)?;
                write_private(path, &password)?;
                password
            }
        };
        let user = json!({"email": CUSTOMER, "password": password, "name": "A reader of books", "roles": ["customer"]});
        let answer = self.post("/users", user).await?;
        match answer.status.as_u16() {
            // Conflict: it is there since an earlier start, or since a try whose answer did not come.
            201 | 409 => Ok(()),
            _ => Err(unexpected(&answer)),
        }
    }

    /// Id and secret of the partner. Any port will do for the redirect URI: RFC 8252 section 7.3.
    async fn keep_partner(&self, house: &House) -> Result<(String, String), Failure> {
        let path = house.directory().join("bright-books.json");
        if let Ok(text) = std::fs::read(&path) {
            let kept: Value = serde_json::from_slice(&text)
                .map_err(|error| Failure::Start(format!("{}: {error}; remove it", path.display())))?;
            return pair(&kept).ok_or_else(|| Failure::Start(format!("{} is incomplete; remove it", path.display())));
        }
        let redirect_uri = format!("{}{CALLBACK}", site_url(house));
        // A repeat without an Idempotency-Key would register a second one.
        let key = format!("bright-books-{}", unguessable().map_err(start)?);
        let answer = self
            .post_once("/partners", &key, json!({"client_name": NAME, "scope": SCOPE, "redirect_uris": [redirect_uri]}))
            .await?;
        let registered = answer.json().ok().filter(|_| answer.status.as_u16() == 201);
        let (client_id, client_secret) = registered.as_ref().and_then(pair).ok_or_else(|| unexpected(&answer))?;
        write_private(&path, &json!({"client_id": client_id, "client_secret": client_secret}).to_string())?;
        Ok((client_id, client_secret))
    }

    async fn post(&self, path: &str, body: Value) -> Result<Answer, Failure> {
        persist(&self.http, &self.request(path, body)?, PATIENCE).await
    }

    async fn post_once(&self, path: &str, key: &str, body: Value) -> Result<Answer, Failure> {
        persist(&self.http, &self.request(path, body)?.idempotency_key(key), PATIENCE).await
    }

    fn request(&self, path: &str, body: Value) -> Result<Request, Failure> {
        Ok(Request::post(url(&format!("{}{path}", self.admin))?).bearer(&self.token).json(body))
    }
}

fn pair(body: &Value) -> Option<(String, String)> {
    let text = |member| body.get(member).and_then(Value::as_str).map(str::to_owned);
    Some((text("client_id")?, text("client_secret")?))
}

fn member(answer: &Answer, name: &str) -> Result<String, Failure> {
    let found = answer.json().ok().and_then(|body| Some(body.get(name)?.as_str()?.to_owned()));
    found.ok_or_else(|| unexpected(answer))
}

/// Whole or not there, and for nobody else to read: temporary files have mode 0600.
fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    writeln!(file, "{text}")?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn url(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(start)
}

fn unexpected(answer: &Answer) -> Failure {
    Failure::Start(format!("{} answers {} for the partner's web site", answer.url, answer.status))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn start(error: impl ToString) -> Failure {
    Failure::Start(error.to_string())
}
