//! `/assets/style.css`: the one thing that pages load.

use crate::support::TestApp;

#[actix_web::test]
async fn the_page_names_a_style_sheet_that_may_be_kept_for_good() {
    let app = TestApp::start().await;
    let page = app.browser().open("/sign-in").await;
    let links = page.elements.iter().filter(|(element, _)| element == "link").collect::<Vec<_>>();
    assert_eq!(links.len(), 1);
    let style = app.get(&links[0].1["href"]).await;
    assert_eq!(style.expect(200).header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(style.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert!(style.text.contains("prefers-color-scheme: dark"));
    for other in ["/assets/style.css", "/assets/style.css?v=0", "/assets/style.css?v=%00"] {
        let answer = app.get(other).await;
        assert_eq!((answer.expect(200).header("cache-control"), &answer.text), (Some("no-store"), &style.text));
    }
    app.get("/assets/").await.expect_problem(404);
    app.get("/assets/../Cargo.toml").await.expect_problem(404);
}
