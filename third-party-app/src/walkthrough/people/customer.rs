//! Step 13: there is a person, and a partner for people.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::fault::{Fault, text};
use super::super::register::fresh;
use super::super::sign_in::Operator;
use super::super::stage::Stage;
use crate::random::unguessable;
use crate::secret::Secret;
use crate::tokens::Registration;

pub(super) const TITLE: &str = "the operator creates a customer, and registers a partner for people";

/// What the partner is called: the consent page must say it.
pub(super) const PARTNER: &str = "Bright Books Online";

/// Where the partner's site has a browser come back to. In this walk nobody listens there; the redirect is read instead.
pub(super) const REDIRECT_URI: &str = "http://127.0.0.1:8083/callback";

const SCOPE: &str = "orders:read orders:write accounts:read accounts:write openid profile email offline_access";
const GRANTS: [&str; 2] = ["authorization_code", "refresh_token"];

/// A person with a password.
pub(super) struct Customer {
    /// None if the answer that said it was lost.
    pub(super) user_id: Option<String>,
    pub(super) email: String,
    pub(super) password: Secret,
}

pub(super) async fn step(stage: &mut Stage<'_>, operator: &Operator) -> Result<(Customer, Registration), Fault> {
    stage.begin(13, TITLE)?;
    let customer = create(stage, operator).await?;
    let registration = register(stage, operator).await?;
    stage.pass()?;
    Ok((customer, registration))
}

async fn create(stage: &mut Stage<'_>, operator: &Operator) -> Result<Customer, Fault> {
    let reader = fresh(stage, "READER", "reader");
    let (email, password) = (format!("{}@example.com", reader.value), unguessable()?);
    stage.remember("CUSTOMER_PASSWORD", &password);
    let mut request = operator.request(Method::POST, "/users").json(json!({
        "email": email, "password": password, "name": "A reader of books", "roles": ["customer"],
    }));
    request.before.extend([reader.set_by, "CUSTOMER_PASSWORD=$(openssl rand -hex 20)".to_owned()]);
    let answer = stage.send(request).await?;
    let user_id = if answer.status.as_u16() == 409 {
        // Nobody else has this address: the service was busy, and the request before this one was carried out after all.
        stage.note("The customer has been created by the request before.")?;
        None
    } else {
        stage.expect_status(&answer, 201, "the customer is created")?;
        let body = answer.json()?;
        let without = body.get("password").is_none();
        stage.check("the answer does not repeat the password", without, || "it does".to_owned())?;
        Some(text(&body, "user_id")?)
    };
    Ok(Customer { user_id, email, password: password.into() })
}

async fn register(stage: &mut Stage<'_>, operator: &Operator) -> Result<Registration, Fault> {
    let key = fresh(stage, "APP_KEY", "partner");
    let mut request = operator
        .request(Method::POST, "/partners")
        .idempotency_key(&key.value)
        .json(json!({"client_name": PARTNER, "scope": SCOPE, "redirect_uris": [REDIRECT_URI]}))
        .capture("APP_CLIENT_ID", "client_id")
        .capture("APP_CLIENT_SECRET", "client_secret");
    request.before.push(key.set_by);
    let answer = stage.send(request).await?;
    stage.expect_status(&answer, 201, "the partner is registered")?;
    let body = answer.json()?;
    let uris = body.get("redirect_uris").cloned().unwrap_or_default();
    stage.check("a browser comes back to one address alone", uris == json!([REDIRECT_URI]), || uris.to_string())?;
    let grants = body.get("grant_types").cloned().unwrap_or_default();
    let granted = |grant: &&str| grants.as_array().is_some_and(|grants| grants.contains(&Value::from(*grant)));
    stage.check("it may exchange codes and refresh tokens", GRANTS.iter().all(granted), || grants.to_string())?;
    let (client_id, client_secret) = (text(&body, "client_id")?, text(&body, "client_secret")?.into());
    Ok(Registration { name: PARTNER, client_id, client_secret })
}
