//! Partners are OAuth clients of auth-service: its `/clients`.
//!
//! What it answers is passed on as it is, once it is known to be what was agreed. It may hold a client's secret, so it
//! stays a [`Secret`] all the way.

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use service_kit::Secret;
use service_kit::page::PageQuery;
use shared_claims::scope::Scope;

use super::answer::List;
use super::audit_trail::cursor;
use super::error::PeerError;
use super::peer::{Call, Errand};
use crate::domain::{IdempotencyKey, NewSecret, PartnerChange, PartnerId, PartnerRegistration, SecretId};

/// auth-service's `/clients`, on behalf of one operator.
#[derive(Clone)]
pub struct Clients(Errand);

/// A partner that was registered, now or by an earlier request with the same key.
#[derive(Debug)]
pub struct Registered {
    /// Whether it was now; then the answer has the secret.
    pub is_new: bool,
    /// Its id.
    pub client_id: PartnerId,
    /// auth-service's answer.
    pub body: Secret,
}

/// A client, as far as we look at it.
#[derive(Deserialize)]
struct Client {
    client_id: PartnerId,
}

#[derive(Deserialize)]
struct ClientSecret {
    secret_id: SecretId,
}

impl Clients {
    /// With an errand to auth-service.
    #[must_use]
    pub fn new(auth_service: Errand) -> Self {
        Self(auth_service)
    }

    /// Registers a partner.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn register(
        &self,
        registration: &PartnerRegistration,
        key: Option<&IdempotencyKey>,
    ) -> Result<Registered, PeerError> {
        let call = Call::new(Method::POST, ["clients"]).json(registration)?.idempotency_key(key);
        let answer = self.0.send(Scope::ClientsManage, call).await;
        let answer = answer.map_err(PeerError::nothing_to_miss)?.with_status(&[StatusCode::CREATED, StatusCode::OK])?;
        let Client { client_id } = answer.json()?;
        Ok(Registered { is_new: answer.status == StatusCode::CREATED, client_id, body: answer.body })
    }

    /// A page of partners.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn list(&self, page: &PageQuery) -> Result<Secret, PeerError> {
        let call = Call::new(Method::GET, ["clients"]).query("limit", Some(page.limit().to_string()));
        let call = call.query("cursor", page.after().map(cursor));
        let answer = self.0.send(Scope::ClientsManage, call).await;
        let answer = answer.map_err(PeerError::nothing_to_miss)?.with_status(&[StatusCode::OK])?;
        answer.json::<List>()?;
        Ok(answer.body)
    }

    /// One partner.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn find(&self, id: &PartnerId) -> Result<Secret, PeerError> {
        self.client(id, Call::new(Method::GET, ["clients", id.as_str()])).await
    }

    /// Changes a partner.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn change(&self, id: &PartnerId, change: &PartnerChange) -> Result<Secret, PeerError> {
        self.client(id, Call::new(Method::PATCH, ["clients", id.as_str()]).json(change)?).await
    }

    /// Suspends a partner: no new tokens, and live ones end within the stated bound.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn suspend(&self, id: &PartnerId) -> Result<Secret, PeerError> {
        self.client(id, Call::new(Method::POST, ["clients", id.as_str(), "suspend"])).await
    }

    /// Lets a suspended partner have tokens again.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn resume(&self, id: &PartnerId) -> Result<Secret, PeerError> {
        self.client(id, Call::new(Method::POST, ["clients", id.as_str(), "resume"])).await
    }

    /// Gives a partner a second secret; returns its id and the answer that has it.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn add_secret(&self, id: &PartnerId, wanted: &NewSecret) -> Result<(SecretId, Secret), PeerError> {
        let call = Call::new(Method::POST, ["clients", id.as_str(), "secrets"]).json(wanted)?;
        let answer = self.0.send(Scope::ClientsManage, call).await?.with_status(&[StatusCode::CREATED])?;
        let ClientSecret { secret_id } = answer.json()?;
        Ok((secret_id, answer.body))
    }

    /// Ends one of a partner's secrets.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn remove_secret(&self, id: &PartnerId, secret_id: &SecretId) -> Result<(), PeerError> {
        let call = Call::new(Method::DELETE, ["clients", id.as_str(), "secrets", secret_id.as_str()]);
        self.0.send(Scope::ClientsManage, call).await?.with_status(&[StatusCode::NO_CONTENT])?;
        Ok(())
    }

    /// A call that answers with the client that it was about.
    async fn client(&self, id: &PartnerId, call: Call<'_>) -> Result<Secret, PeerError> {
        let answer = self.0.send(Scope::ClientsManage, call).await?.with_status(&[StatusCode::OK])?;
        let client: Client = answer.json()?;
        if client.client_id == *id { Ok(answer.body) } else { Err(PeerError::Nonsense("another client".to_owned())) }
    }
}
