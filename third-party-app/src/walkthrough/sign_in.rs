//! Step 1: the operator signs in.

use serde_json::{Value, json};
use url::Url;

use super::discover::{accepted, below, resource};
use super::fault::{Fault, text};
use super::stage::Stage;
use crate::discovery::issuer_url;
use crate::http::Request;
use crate::secret::Secret;

pub(super) const TITLE: &str = "the operator signs in";

/// A signed-in operator.
pub(super) struct Operator {
    pub(super) admin_url: Url,
    pub(super) access_token: String,
}

impl Operator {
    /// A request of the operator's to admin-service.
    pub(super) fn request(&self, method: reqwest::Method, path: &str) -> Request {
        Request::new(method, below(&self.admin_url, path)).bearer(&self.access_token)
    }
}

pub(super) async fn step(
    stage: &mut Stage<'_>,
    issuer: &str,
    admin_url: &Url,
    email: &str,
    password: &Secret,
) -> Result<Operator, Fault> {
    stage.begin(1, TITLE)?;
    let admin = resource(stage, &below(admin_url, "/partners")).await?;
    accepted(stage, &admin, issuer)?;

    stage.remember("OPERATOR_PASSWORD", password.expose());
    stage.note("The command reads the password from $OPERATOR_PASSWORD; no command shown here holds a secret.")?;
    let request = Request::post(below(&issuer_url(issuer)?, "/login"))
        .json(json!({"email": email, "password": password.expose()}))
        .capture("OPERATOR_TOKEN", "access_token");
    let answer = stage.send(request).await?;
    stage.expect_status(&answer, 200, "e-mail address and password are right")?;
    let access_token = text(&answer.json()?, "access_token")?;

    let token = stage.show_token("the operator's access token", &access_token)?;
    let audience = token.claims.get("aud").cloned().unwrap_or_default();
    stage.check("it is for admin-service alone", audience == json!(admin.resource), || audience.to_string())?;
    let roles = token.claims.get("roles").cloned().unwrap_or_default();
    let is_manager = roles.as_array().is_some_and(|roles| roles.contains(&Value::from("manager")));
    stage.check("it holds the role manager", is_manager, || roles.to_string())?;
    stage.pass()?;
    Ok(Operator { admin_url: admin_url.clone(), access_token })
}
