//! Second: "Servers are required to support password authentication, despite the security weaknesses inherent in
//! passwords."

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::Failure;
use crate::legacy::{Legacy, PROGRAMS, SHARED, TRIES_PER};
use crate::ours::{Kept, Ours};
use crate::told::{Told, answered, holds, refused};

const COMES: &str = "a program comes with a name and a password";
const SECRET: &str = "what a program's secret is";
const GUESSED: &str = "a stranger tries what people choose";
const MEANWHILE: &str = "the partner, while the stranger tries";
const SCOPE: &str = "orders:read offline_access";

/// What stands in every list of leaked passwords and has eight characters or more.
const COMMON: [&str; 12] = [
    "password",
    "12345678",
    "123456789",
    "qwerty123",
    "iloveyou",
    "football",
    "baseball",
    "princess1",
    "sunshine",
    "superman",
    "sunshine1",
    "trustno1",
];

pub async fn play(legacy: &Legacy, ours: &Ours) -> Result<Told, Failure> {
    let mut told = Told::new("2. Passwords for programs");
    let mut trusted = legacy.partner("ledger")?;
    let (mut person, partner) = (ours.customer().await?, ours.register("Ledger", SCOPE).await?);
    person.allow(&partner, SCOPE).await?;
    let kept = partner.kept()?;
    let pairs = [("grant_type", "password"), ("username", &person.email), ("password", &person.password)];
    let answer = ours.ask_for_token(&kept, pairs.map(|(name, value)| (name, value.to_owned())).to_vec()).await?;
    told.row(COMES, answered(&trusted.log_in().await?, 204)?, refused(&answer, 400, "unsupported_grant_type")?);

    let bits = URL_SAFE_NO_PAD.decode(&kept.client_secret).map_or(0, |bytes| bytes.len().saturating_mul(8));
    holds(bits >= 256, "at least 256 bits")?;
    let characters = SHARED.chars().count();
    told.row(SECRET, format!("{characters} characters, made up"), format!("{bits} bits, drawn by auth-service"));

    let (found, locked_out) = guess(legacy).await?;
    told.row(GUESSED, found, guess_here(ours, &kept).await?);
    told.row(MEANWHILE, locked_out, answered(&ours.refresh(&kept).await?, 200)?);
    Ok(told)
}

/// In with one of them; and what the partner is answered, with the right password, when the stranger has used up the
/// tries for the first time.
async fn guess(legacy: &Legacy) -> Result<(String, String), Failure> {
    let (mut stranger, mut waited, mut locked_out) = (legacy.visitor(), 0_u32, None);
    for (tried, guess) in (1..).zip(COMMON) {
        let mut answer = stranger.log_in(PROGRAMS, guess).await?;
        if answer.status.as_u16() == 429 {
            if locked_out.is_none() {
                locked_out = Some(answered(&legacy.partner("ledger")?.log_in().await?, 429)?);
            }
            legacy.later(TRIES_PER);
            waited = waited.saturating_add(1);
            answer = stranger.log_in(PROGRAMS, guess).await?;
        }
        if answer.status.as_u16() == 204 {
            let minutes = u64::from(waited).saturating_mul(TRIES_PER.as_secs()) / 60;
            let locked_out = locked_out.ok_or_else(|| Failure::NotAsTold("tries are limited".to_owned()))?;
            return Ok((format!("204 at number {tried}, in {minutes} min"), locked_out));
        }
        answered(&answer, 401)?;
    }
    Err(Failure::NotAsTold("the password is guessed".to_owned()))
}

async fn guess_here(ours: &Ours, kept: &Kept) -> Result<String, Failure> {
    let mut refusal = String::new();
    for guess in COMMON {
        let guessed = Kept { client_secret: guess.to_owned(), ..kept.clone() };
        refusal = refused(&ours.refresh(&guessed).await?, 401, "invalid_client")?;
    }
    Ok(format!("{refusal}, {} times", COMMON.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_programs_password_is_guessed_the_traditional_way_and_no_program_has_one_here() {
        let (legacy, ours) = crate::both().await;
        let told = play(&legacy, &ours).await.unwrap();
        assert_eq!(told.of(COMES), ("204", "400 unsupported_grant_type"));
        assert_eq!(told.of(SECRET), ("9 characters, made up", "256 bits, drawn by auth-service"));
        assert_eq!(told.of(GUESSED), ("204 at number 11, in 30 min", "401 invalid_client, 12 times"));
        assert_eq!(told.of(MEANWHILE), ("429", "200"));
        crate::stop(legacy, ours).await;
    }
}
