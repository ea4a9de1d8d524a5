//! Tokens are credentials (B20): whoever finds one can use it. So none is left behind where one might be found.

use std::path::{Path, PathBuf};

use reqwest::Method;
use serde_json::json;

use crate::support::{House, Partner, Service, send};

/// Every file below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The names of the files in the house that hold `text`: logs, output, keys, and databases unless these are on a server.
fn holding(house: &House, text: &str) -> Vec<String> {
    let all = files(house.path()).into_iter();
    // A file of a database may go while this looks.
    let found =
        all.filter(|path| std::fs::read(path).is_ok_and(|content| String::from_utf8_lossy(&content).contains(text)));
    found.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

/// The sequence up to the receipt, and credentials in every place where something else is expected.
#[tokio::test]
async fn no_file_and_no_log_holds_a_credential() {
    let house = House::open().await;
    let operator = house.sign_in().await;
    let registered = operator.register("partner").await.unwrap().expect(201);
    let mut partner = Partner::of(&house, &registered);
    partner.token = partner.ask_for_token().await.unwrap().expect(200).text("access_token");
    let order_id = partner.new_order("order").await;
    partner.fulfil(&order_id, "fulfilment").await.unwrap().expect(202);
    operator.call(Method::GET, "/audit-events").await.unwrap().expect(200);

    let secret = registered.text("client_secret");
    for misplaced in [&secret, &partner.token, &operator.token] {
        for service in Service::ALL {
            send(house.get(service, &format!("/{misplaced}?access_token={misplaced}"))).await.unwrap().expect(404);
        }
        send(house.get(Service::Orders, "/orders").bearer_auth(format!("{misplaced}x"))).await.unwrap().expect(401);
        let form = [("grant_type", "client_credentials"), ("client_id", misplaced), ("client_secret", misplaced)];
        send(house.post(Service::Auth, "/oauth/token").form(&form)).await.unwrap().expect(401);
        let sign_in = json!({"email": misplaced, "password": misplaced});
        send(house.post(Service::Auth, "/login").json(&sign_in)).await.unwrap().expect(401);
    }

    let password = std::fs::read_to_string(house.path().join("operator-password")).unwrap();
    assert_eq!(holding(&house, password.trim()), ["operator-password"], "and so this test can find what is there");
    assert_eq!(holding(&house, &secret), [""; 0]);
    // All access tokens begin alike, those that the services got for themselves by exchange too.
    let begin = partner.token.split('.').next().unwrap();
    assert!(operator.token.starts_with(begin));
    assert_eq!(holding(&house, begin), [""; 0]);
}
