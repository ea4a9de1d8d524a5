//! The walkthrough, and what to do after it.

use std::io::IsTerminal;

use auth_service::operator::{self, FIRST_OPERATOR};
use third_party_app::secret::Secret;
use third_party_app::walkthrough::{self, Cast, WalkthroughOptions};
use url::Url;

use quickstart::Failure;
use quickstart::cli::Service;
use quickstart::house::House;

/// Plays the sequence, as operator and as partner.
pub async fn play(house: &House, json: bool) -> Result<(), Failure> {
    let path = house.password_file();
    let password =
        operator::read_password(&path)?.ok_or_else(|| Failure::Start(format!("{} is not there", path.display())))?;
    let url = |service| Url::parse(house.url(service)).map_err(|error| Failure::Start(error.to_string()));
    let cast =
        Cast::OperatorAndClient { email: FIRST_OPERATOR.to_owned(), password: Secret::from(password.expose().clone()) };
    let options = WalkthroughOptions {
        json,
        color: anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
        progress: std::io::stderr().is_terminal(),
        ..WalkthroughOptions::new(
            house.url(Service::Auth).to_owned(),
            url(Service::Orders)?,
            url(Service::Admin)?,
            cast,
        )
    };
    walkthrough::run(options, &mut std::io::stdout()).await?;
    Ok(())
}

/// What one can do now that it serves.
pub fn tell_where_to_go_next(house: &House) {
    let [auth, orders, admin] = [Service::Auth, Service::Orders, Service::Admin].map(|service| house.url(service));
    anstream::println!(
        "
Serving on until you press Ctrl-C:
  auth-service    {auth}   (keys: {auth}/.well-known/jwks.json)
  orders-service  {orders}
  admin-service   {admin}

Sign in as the operator:
  OPERATOR_PASSWORD=$(cat {password})
  curl -s {auth}/login -H 'content-type: application/json' \\
    -d \"{{\\\"email\\\":\\\"{FIRST_OPERATOR}\\\",\\\"password\\\":\\\"$OPERATOR_PASSWORD\\\"}}\"

Look into the token of the answer:
  TOKEN=...
  echo $TOKEN | cargo run -p third-party-app -- explain - --jwks {auth}/.well-known/jwks.json \\
    --issuer {auth} --audience {admin} --typ at+jwt

Start over: stop this and remove {data}",
        password = house.password_file().display(),
        data = house.directory().display(),
    );
}
