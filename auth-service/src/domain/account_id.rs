//! The id of an account: one of a partner's users, kept at orders-service.

/// Whether the text looks like one: `acc_` and a UUID in lower-case hexadecimal with hyphens. Whose account it is, and
/// whether there is one, is known to orders-service alone, which looks at every request.
#[must_use]
pub fn is_account_id(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix("acc_") else { return false };
    let is_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    uuid.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && uuid.split('-').all(is_hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_is_a_prefix_and_a_uuid() {
        assert!(is_account_id("acc_01890a5d-ac96-774b-bcce-b302099a8057"));
        assert!(is_account_id(&service_kit::ids::new_id("acc")));
        for other in [
            "",
            "acc_",
            "acc_1",
            "ACC_01890a5d-ac96-774b-bcce-b302099a8057",
            "acc_01890A5D-ac96-774b-bcce-b302099a8057",
            "acc_01890a5dac96774bbcceb302099a8057",
            "acc_01890a5d-ac96-774b-bcce-b302099a8057 ",
            "acc_01890a5d-ac96-774b-bcce-b302099a80571",
            "acc_01890a5d-ac96-774b-bcce-b302099a805g",
            "acc_01890a5d-ac96-774b-bcce-b302099a8057-",
            "acc_acc_01890a5d-ac96-774b-bcce-b302099a8057",
            "usr_01890a5d-ac96-774b-bcce-b302099a8057",
            "01890a5d-ac96-774b-bcce-b302099a8057",
        ] {
            assert!(!is_account_id(other), "{other:?}");
        }
    }
}
