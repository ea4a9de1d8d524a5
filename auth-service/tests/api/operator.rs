//! The first operator: a password that is made at first start and stands in a file.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::Arc;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::support::{House, OPERATOR, TestApp, logged};

async fn people(app: &TestApp) -> Vec<String> {
    app.manage(Method::GET, "/users", None).await.ids("email")
}

#[actix_web::test]
async fn the_first_start_writes_a_random_password_for_its_owner_only() {
    let app = TestApp::start().await;
    let mode = std::fs::metadata(app.operator_file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let password = app.operator_password();
    assert_eq!(password.len(), 43, "256 random bits");
    assert!(!logged(&password));
    assert_ne!(password, TestApp::start().await.operator_password());
    assert_eq!(people(&app).await, [OPERATOR]);
    let row = app.trail().await.into_iter().find(|row| row.action == "user.create").unwrap();
    assert_eq!(row.actor, "auth-service");
}

#[actix_web::test]
async fn a_second_start_keeps_it() {
    let app = TestApp::start().await;
    let (file, password) = (app.operator_file(), app.operator_password());
    let before = std::fs::metadata(&file).unwrap().modified().unwrap();
    let again = app.stop().start(&[]).await;
    assert_eq!(again.operator_password(), password);
    assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), before);
    assert_eq!(people(&again).await, [OPERATOR]);
}

#[actix_web::test]
async fn a_password_that_was_changed_stays_changed_and_a_removed_file_is_not_made_anew() {
    let app = TestApp::start().await;
    let old = app.operator_password();
    let id = app.manage(Method::GET, "/users", None).await.ids("user_id").remove(0);
    app.change_user(&id, &json!({"password": "correct horse"})).await.expect(200);
    std::fs::remove_file(app.operator_file()).unwrap();
    let again = app.stop().start(&[]).await;
    again.log_in(OPERATOR, &old).await.expect(401);
    again.log_in(OPERATOR, "correct horse").await.expect(200);
    assert!(!again.operator_file().exists());
}

/// Killed between the file and the row: the file is there, and nobody in the database.
#[actix_web::test]
async fn a_start_that_was_killed_in_between_is_gone_on_with() {
    let house = Arc::new(House::new().await);
    std::fs::write(house.operator_file(), "the-password-of-before\n").unwrap();
    let app = house.start(&[]).await;
    assert_eq!(app.operator_password(), "the-password-of-before");
    app.log_in(OPERATOR, "the-password-of-before").await.expect(200);
}

#[actix_web::test]
async fn an_empty_file_of_a_full_disk_is_no_password() {
    let house = Arc::new(House::new().await);
    std::fs::write(house.operator_file(), "\n").unwrap();
    let error = house.try_start(&[]).await.err().unwrap();
    assert!(error.contains(house.operator_file().to_str().unwrap()) && error.contains("empty"), "{error}");
    std::fs::remove_file(house.operator_file()).unwrap();
    let app = house.start(&[]).await;
    app.log_in(OPERATOR, &app.operator_password()).await.expect(200);
}

#[actix_web::test]
async fn many_first_starts_at_once_end_with_one_operator_and_the_password_that_is_in_the_file() {
    for _ in 0..3 {
        let house = Arc::new(House::new().await);
        let apps = join_all((0..4).map(|_| house.try_start(&[]))).await;
        for app in apps {
            let app = app.unwrap();
            app.log_in(OPERATOR, &app.operator_password()).await.expect(200);
            assert_eq!(people(&app).await, [OPERATOR]);
        }
        let folder = house.operator_file().parent().unwrap().to_owned();
        let left = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        assert!(!left.iter().any(|name| name.to_string_lossy().contains("tmp")), "{left:?}");
    }
}

/// Replicas that share no folder: the losers of the race must not leave passwords that open nothing.
#[actix_web::test]
async fn a_replica_that_came_second_leaves_no_file() {
    let house = Arc::new(House::new().await);
    let files = (0..3).map(|n| house.operator_file().with_file_name(format!("password-{n}"))).collect::<Vec<_>>();
    let options = files.iter().map(|file| [("--operator-password-file", file.to_str().unwrap())]).collect::<Vec<_>>();
    let apps = join_all(options.iter().map(|options| house.start(options))).await;
    let written = files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect::<Vec<_>>();
    assert_eq!(written.len(), 1, "{written:?}");
    apps[0].log_in(OPERATOR, written[0].trim()).await.expect(200);
}

#[actix_web::test]
async fn the_command_line_prints_it() {
    let app = TestApp::start().await;
    let file = app.operator_file();
    let print = |folder: &std::path::Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_auth-service"));
        command.args(["operator-password", "--data-dir"]).arg(folder).output().unwrap()
    };
    let printed = print(file.parent().unwrap());
    assert!(printed.status.success());
    assert_eq!(String::from_utf8(printed.stdout).unwrap(), format!("{}\n", app.operator_password()));
    let nowhere = print(std::path::Path::new("/nowhere"));
    assert!(!nowhere.status.success() && nowhere.stdout.is_empty());
    assert!(String::from_utf8(nowhere.stderr).unwrap().contains("start auth-service once"));
}
