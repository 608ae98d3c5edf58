//! Notifications in real browsers, whose users sign in and out, are thrown out by an administrator, or stay for too long.

use std::net::SocketAddr;

use serde_json::json;
use tests::browser::{Client, Locator, start_browser, until};
use tests::deadline::in_time;
use tests::http::{Response, request};
use tests::line::Line;
use tests::recipe::Recipe;
use tokio::process::Command;

const TEST: &str = "the notifications' test";

async fn state_is(browser: &Client, state: &str) {
    until(browser, &format!("document.getElementById('state').value === '{state}'")).await;
}

/// Fills in a form and sends it.
async fn send(browser: &Client, form: &str, fields: &[(&str, &str)]) {
    for (name, value) in fields {
        let field = format!("#{form} [name={name}]");
        let field = browser.find(Locator::Css(&field)).await.expect("the page has it");
        if *name == "minutes" {
            field.select_by_value(value).await.expect("it is a choice");
        } else {
            field.clear().await.expect("it is a field");
            field.send_keys(value).await.expect("it takes text");
        }
    }
    let button = format!("#{form} button");
    browser.find(Locator::Css(&button)).await.expect("a button").click().await.expect("it clicks");
}

async fn sign_in(browser: &Client, user: &str, minutes: &str) {
    send(browser, "sign-in", &[("user", user), ("minutes", minutes)]).await;
    state_is(browser, "connected").await;
}

async fn notify(browser: &Client, to: &str, text: &str) {
    send(browser, "notify", &[("to", to), ("text", text)]).await;
}

async fn has(browser: &Client, text: &str) {
    let script = "[...document.querySelectorAll('#notifications li')].at(-1)?.textContent";
    until(browser, &format!("{script} === '{text}'")).await;
}

async fn shows(browser: &Client, notifications: &[&str]) {
    let script =
        "return [...document.querySelectorAll('#notifications li')].map(it => it.textContent)";
    assert_eq!(browser.execute(script, vec![]).await.expect("texts"), json!(notifications));
}

async fn server() -> Recipe {
    Recipe::start(&mut Command::new(env!("CARGO_BIN_EXE_notifications"))).await
}

/// A user without a browser.
struct User {
    server: SocketAddr,
    cookie: String,
}

impl User {
    async fn sign_in(server: SocketAddr, name: &str) -> Self {
        let nobody = Self { server, cookie: "Cookie: ".to_owned() };
        let response = nobody.post("/sign-in", &format!("user={name}&minutes=10")).await;
        let cookie = response.header("set-cookie").expect("a session");
        Self { server, cookie: format!("Cookie: {}", cookie.split(';').next().expect("a value")) }
    }

    async fn post(&self, path: &str, form: &str) -> Response {
        let length = format!("Content-Length: {}", form.len());
        let form =
            ["Content-Type: application/x-www-form-urlencoded", &length, &self.cookie, "", form];
        request(self.server, &format!("POST {path}"), &form).await
    }

    async fn get(&self, path: &str) -> Response {
        request(self.server, &format!("GET {path}"), &[&self.cookie]).await
    }

    async fn notify(&self, to: &str, text: &str) {
        assert_eq!(self.post("/notify", &format!("to={to}&text={text}")).await.status, 204);
    }

    async fn kick(&self, user: &str) {
        assert_eq!(self.post("/kick", &format!("user={user}")).await.status, 204);
    }

    async fn sees_online(&self, users: &str) {
        assert_eq!(self.get("/online").await.body().await.expect("a list"), users);
    }
}

#[tokio::test]
async fn users_who_sign_out_are_thrown_out_or_expire_receive_nothing_more_and_stay_away() {
    let Some((_driver, ada)) = start_browser(TEST).await else { return };
    let Some((_other_driver, bob)) = start_browser(TEST).await else { return };
    let server = server().await;
    let admin = User::sign_in(server.address(), "admin").await;
    for browser in [&ada, &bob] {
        browser.goto(&server.url).await.expect("the page loads");
        state_is(browser, "signed out").await;
    }

    sign_in(&ada, "Ada", "10").await;
    send(&ada, "announce", &[("text", "Welcome!")]).await;
    sign_in(&bob, "Bob", "10").await;
    until(&bob, "document.getElementById('announcement').textContent === 'Welcome!'").await;
    admin.sees_online(r#"["Ada","Bob"]"#).await;
    notify(&ada, "Bob", "1").await;
    has(&bob, "1").await;

    bob.find(Locator::Id("sign-out")).await.expect("it is there").click().await.expect("it clicks");
    state_is(&bob, "You have signed out.").await;
    admin.sees_online(r#"["Ada"]"#).await;
    admin.notify("Bob", "2").await;

    // Only an administrator may do that.
    send(&ada, "kick", &[("user", "admin")]).await;
    sign_in(&bob, "Bob", "10").await;
    has(&bob, "2").await;
    shows(&bob, &["1", "2"]).await;
    admin.kick("Bob").await;
    state_is(&bob, "You have been thrown out.").await;
    bob.goto(&server.url).await.expect("the page loads");
    state_is(&bob, "signed out").await;

    sign_in(&bob, "Bob", "0.1").await;
    state_is(&bob, "Your session has expired.").await;

    notify(&ada, "Ada", "still here").await;
    has(&ada, "still here").await;
    shows(&ada, &["still here"]).await;
    for browser in [ada, bob] {
        browser.close().await.expect("the browser closes");
    }
}

/// Signs Bob in, on a page behind a line.
async fn bob_behind_a_line(browser: &Client, server: &Recipe) -> Line {
    let line = Line::to(server.address()).await;
    browser.goto(&format!("http://{}", line.address)).await.expect("the page loads");
    sign_in(browser, "Bob", "10").await;
    line
}

#[tokio::test]
async fn who_is_thrown_out_while_away_stays_away_and_receives_nothing() {
    let Some((_driver, bob)) = start_browser(TEST).await else { return };
    let server = server().await;
    let admin = User::sign_in(server.address(), "admin").await;
    let line = bob_behind_a_line(&bob, &server).await;
    line.cut();
    state_is(&bob, "reconnecting").await;
    admin.notify("Bob", "missed").await;
    admin.kick("Bob").await;
    admin.notify("Bob", "secret").await;
    line.mend();
    state_is(&bob, "signed out").await;
    shows(&bob, &[]).await;
    admin.sees_online("[]").await;
    bob.close().await.expect("the browser closes");
}

#[tokio::test]
async fn who_is_thrown_out_without_reading_is_offline_at_once_and_receives_nothing_newer() {
    let server = server().await;
    let admin = User::sign_in(server.address(), "admin").await;
    let bob = User::sign_in(server.address(), "Bob").await;
    let mut unread = bob.get("/notifications").await;
    admin.sees_online(r#"["Bob"]"#).await;
    // Far more than sockets hold.
    let long = "x".repeat(500_000);
    for n in 0..40 {
        admin.notify("Bob", &format!("{n}-{long}")).await;
    }
    admin.kick("Bob").await;
    admin.sees_online("[]").await;
    admin.notify("Bob", "secret").await;
    let read = in_time(unread.text()).await.expect("a whole stream");
    let events = read.matches(&long).count();
    assert!((1..40).contains(&events), "{events} of 40 were sent before");
    for n in 0..events {
        assert!(read.contains(&format!("\ndata: {n}-x")), "{n}");
    }
    assert!(read.ends_with("event: bye\ndata: You have been thrown out.\n\n"));
}

#[tokio::test]
async fn of_a_thousand_notifications_across_fifty_breaks_each_is_shown_once_and_in_order() {
    let Some((_driver, bob)) = start_browser(TEST).await else { return };
    let server = server().await;
    let admin = User::sign_in(server.address(), "admin").await;
    let line = bob_behind_a_line(&bob, &server).await;
    let notifications: Vec<_> = (0..1000).map(|n| n.to_string()).collect();
    for (n, notification) in notifications.iter().enumerate() {
        match n % 20 {
            5 => line.cut(),
            10 => state_is(&bob, "reconnecting").await,
            15 => {
                line.mend();
                state_is(&bob, "connected").await;
            }
            _ => {}
        }
        admin.notify("Bob", notification).await;
    }
    has(&bob, "999").await;
    shows(&bob, &notifications.iter().map(String::as_str).collect::<Vec<_>>()).await;
    bob.close().await.expect("the browser closes");
}
