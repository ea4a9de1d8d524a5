//! People are kept by auth-service: its `/users`. As with partners, what it answers is passed on as it is.

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use service_kit::Secret;
use service_kit::page::PageQuery;
use shared_claims::scope::Scope;

use super::answer::List;
use super::audit_trail::cursor;
use super::error::PeerError;
use super::peer::{Call, Errand};
use crate::domain::{NewUser, UserChange, UserId};

/// auth-service's `/users`, on behalf of one operator.
#[derive(Clone)]
pub struct Users(Errand);

/// Somebody who can sign in from now on.
#[derive(Debug)]
pub struct Created {
    /// Their id.
    pub user_id: UserId,
    /// auth-service's answer.
    pub body: Secret,
}

/// A person, as far as we look at one.
#[derive(Deserialize)]
struct User {
    user_id: UserId,
}

impl Users {
    /// With an errand to auth-service.
    #[must_use]
    pub fn new(auth_service: Errand) -> Self {
        Self(auth_service)
    }

    /// Creates a person. An e-mail address belongs to one, so a repeat is [`PeerError::Conflict`] and nobody is there
    /// twice.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn create(&self, new: &NewUser) -> Result<Created, PeerError> {
        let answer = self.0.send(Scope::UsersManage, Call::new(Method::POST, ["users"]).json(new)?).await;
        let answer = answer.map_err(PeerError::nothing_to_miss)?.with_status(&[StatusCode::CREATED])?;
        let User { user_id } = answer.json()?;
        Ok(Created { user_id, body: answer.body })
    }

    /// A page of people.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn list(&self, page: &PageQuery) -> Result<Secret, PeerError> {
        let call = Call::new(Method::GET, ["users"]).query("limit", Some(page.limit().to_string()));
        let answer = self.0.send(Scope::UsersManage, call.query("cursor", page.after().map(cursor))).await;
        let answer = answer.map_err(PeerError::nothing_to_miss)?.with_status(&[StatusCode::OK])?;
        answer.json::<List>()?;
        Ok(answer.body)
    }

    /// One person.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn find(&self, id: &UserId) -> Result<Secret, PeerError> {
        self.user(id, Call::new(Method::GET, ["users", id.as_str()])).await
    }

    /// Changes a person.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn change(&self, id: &UserId, change: &UserChange) -> Result<Secret, PeerError> {
        self.user(id, Call::new(Method::PATCH, ["users", id.as_str()]).json(change)?).await
    }

    /// A call that answers with the person that it was about.
    async fn user(&self, id: &UserId, call: Call<'_>) -> Result<Secret, PeerError> {
        let answer = self.0.send(Scope::UsersManage, call).await?.with_status(&[StatusCode::OK])?;
        let user: User = answer.json()?;
        if user.user_id == *id { Ok(answer.body) } else { Err(PeerError::Nonsense("another person".to_owned())) }
    }
}
