//! Notifications in two real browsers, whose users sign in and out, are thrown out, or stay for too long.

use tests::browser::{Client, Locator, start_browser, until};
use tests::process::start_server;
use tokio::process::Command;

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

async fn count(browser: &Client) -> serde_json::Value {
    let script = "return document.querySelectorAll('#notifications li').length";
    browser.execute(script, vec![]).await.expect("a number")
}

#[tokio::test]
async fn users_who_sign_out_are_thrown_out_or_expire_receive_nothing_more_and_stay_away() {
    let Some((_driver, ada)) = start_browser("the notifications' test").await else { return };
    let Some((_other_driver, bob)) = start_browser("the notifications' test").await else { return };
    let mut program = Command::new(env!("CARGO_BIN_EXE_notifications"));
    let (_program, url) = start_server(program.env("PORT", "0")).await;
    for browser in [&ada, &bob] {
        browser.goto(&url).await.expect("the page loads");
        state_is(browser, "signed out").await;
    }

    sign_in(&ada, "Ada", "10").await;
    send(&ada, "announce", &[("text", "Welcome!")]).await;
    sign_in(&bob, "Bob", "10").await;
    until(&bob, "document.getElementById('announcement').textContent === 'Welcome!'").await;
    notify(&ada, "Bob", "1").await;
    has(&bob, "1").await;

    bob.find(Locator::Id("sign-out")).await.expect("it is there").click().await.expect("it clicks");
    state_is(&bob, "You have signed out.").await;
    notify(&ada, "Bob", "to nobody").await;

    sign_in(&bob, "Bob", "10").await;
    send(&ada, "kick", &[("user", "Bob")]).await;
    state_is(&bob, "You have been thrown out.").await;
    bob.goto(&url).await.expect("the page loads");
    state_is(&bob, "signed out").await;

    sign_in(&bob, "Bob", "0.1").await;
    state_is(&bob, "Your session has expired.").await;
    assert_eq!(count(&bob).await, 0);

    notify(&ada, "Ada", "still here").await;
    has(&ada, "still here").await;
    for browser in [ada, bob] {
        browser.close().await.expect("the browser closes");
    }
}
