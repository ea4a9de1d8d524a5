//! What holds without a word of whoever starts a service.

use clap::{Command, CommandFactory as _};

/// Use case 1 of the documents (D5): nothing is exposed that somebody did not expose. `/metrics` has no such option.
#[test]
fn without_a_word_no_service_listens_beyond_this_machine() {
    let commands: [(&str, Command); 3] = [
        ("auth-service", auth_service::settings::Settings::command()),
        ("orders-service", orders_service::Settings::command()),
        ("admin-service", admin_service::settings::Settings::command()),
    ];
    for (service, command) in commands {
        let host = command.get_arguments().find(|argument| argument.get_id() == "host").unwrap();
        assert_eq!(host.get_default_values(), ["127.0.0.1"], "{service}");
    }
}
