//! Step 8: the client verifies the receipt by the same three checks that the services make of tokens. It could show
//! it to anybody, and they could verify it too: a signature tells who said something, and that nobody changed it.

use serde_json::{Value, json};

use super::fault::Fault;
use super::fulfilment::Fulfilment;
use super::orders::Order;
use super::session::Session;
use super::stage::Stage;
use crate::clock::unix_now;
use crate::http::Request;
use crate::inspect::{Agreement, Inspection, KeySet, Outcome, inspect};

const TYP: &str = "fulfilment-receipt+jwt";
const FULFILMENT_CLAIM: &str = "https://jwt-reference.example/claims/fulfilment";

pub(super) async fn step(
    stage: &mut Stage<'_>,
    client: &Session,
    order: &Order,
    fulfilment: &Fulfilment,
) -> Result<(), Fault> {
    stage.begin(8, "the client verifies the receipt")?;
    let resource = &client.api.resource;
    let no_keys = || Fault::Differs("the metadata of the resource name no jwks_uri".to_owned());
    let answer = stage.send(Request::get(resource.jwks_uri.clone().ok_or_else(no_keys)?)).await?;
    stage.expect_status(&answer, 200, "the keys of orders-service, by jwks_uri of its metadata")?;
    let keys = KeySet::read(answer.json()?)?;

    stage.show_token("the receipt", &fulfilment.receipt)?;
    let agreement = Agreement {
        issuer: Some(resource.resource.clone()),
        audience: Some(client.tokens.registration.client_id.clone()),
        typ: Some(TYP.to_owned()),
    };
    let inspection = inspect(&fulfilment.receipt, Some(&keys), &agreement, unix_now());
    three_checks(stage, &inspection)?;

    let claims = inspection.decoded.map(|decoded| decoded.claims).unwrap_or_default();
    let said = claims.get(FULFILMENT_CLAIM);
    let demanded = [
        ("it speaks of the order", claims.get("sub"), json!(order.order_id)),
        (
            "it speaks of the fulfilment",
            said.and_then(|said| said.get("fulfilment_id")),
            json!(fulfilment.fulfilment_id),
        ),
        ("it says accepted", said.and_then(|said| said.get("status")), json!("accepted")),
        ("it says for which account", claims.get("account_id"), json!(order.account_id)),
        ("it says for which amount", claims.get("amount"), order.amount.clone()),
    ];
    for (what, found, demanded) in demanded {
        stage.check(what, found == Some(&demanded), || found.map_or_else(|| "nothing".to_owned(), Value::to_string))?;
    }
    stage.pass()
}

/// Shows every check of a token, and demands them all.
pub(super) fn three_checks(stage: &mut Stage<'_>, inspection: &Inspection) -> Result<(), Fault> {
    let mut check = |name: &str, outcome: &Outcome| match outcome {
        Outcome::Passed(found) => stage.holds(&format!("{name}: {found}")),
        Outcome::Failed(reason) | Outcome::NotChecked(reason) => stage.check(name, false, || reason.clone()),
    };
    check("1 well-formed", &inspection.well_formed)?;
    check("2 signature", &inspection.signature)?;
    for finding in &inspection.claims {
        check(&format!("3 claims: {}", finding.claim), &finding.outcome)?;
    }
    Ok(())
}
