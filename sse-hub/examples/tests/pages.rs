//! The pages of these examples fit phones and desktops, and have a dark look.

use tests::pages::{Page, each_fits};

const PAGES: [Page; 10] = [
    Page {
        name: "chat-empty",
        program: env!("CARGO_BIN_EXE_chat"),
        act: "",
        ready: "document.body.dataset.state === 'connected'",
    },
    Page {
        name: "chat",
        program: env!("CARGO_BIN_EXE_chat"),
        act: "const say = (from, text) => fetch('/lobby', { method: 'POST', body: new URLSearchParams({ from, text }) });
              document.getElementById('from').value = 'Ada';
              say('Bob', 'Good evening!').then(() => say('Ada', 'Hello, Bob. Does the lighthouse still have a keeper, or has it been automated like all the others?'))
                .then(() => say('Bob', 'It has one: https://example.com/a/very/long/address/that/does/not/break/anywhere/at/all'));",
        ready: "document.querySelectorAll('#messages li').length >= 3",
    },
    Page {
        name: "metrics",
        program: env!("CARGO_BIN_EXE_metrics"),
        act: "",
        ready: "document.querySelectorAll('td').length > 10 && document.getElementById('reading').textContent !== '…'",
    },
    Page {
        name: "prices",
        program: env!("CARGO_BIN_EXE_prices"),
        act: "",
        ready: "document.querySelectorAll('.up, .down').length === 4",
    },
    Page {
        name: "notifications-empty",
        program: env!("CARGO_BIN_EXE_notifications"),
        act: "",
        ready: "document.body.dataset.state === 'signed out'",
    },
    Page {
        name: "notifications",
        program: env!("CARGO_BIN_EXE_notifications"),
        act: "document.querySelector('[name=user]').value = 'Ada';
              document.querySelector('#sign-in button').click();",
        ready: "document.body.dataset.state === 'connected'",
    },
    Page {
        name: "assistant-empty",
        program: env!("CARGO_BIN_EXE_assistant"),
        act: "",
        ready: "state.value === 'ready'",
    },
    Page {
        name: "assistant",
        program: env!("CARGO_BIN_EXE_assistant"),
        act: "ask('long')",
        ready: "answer.textContent.length > 150 && state.value === 'answering'",
    },
    Page {
        name: "table",
        program: env!("CARGO_BIN_EXE_table"),
        act: "",
        ready: "document.querySelectorAll('td').length === 6",
    },
    Page {
        name: "tabs",
        program: env!("CARGO_BIN_EXE_tabs"),
        act: "document.getElementById('add').click()",
        ready: "document.querySelectorAll('#notes li').length > 0",
    },
];

#[tokio::test]
async fn each_page_fits_its_window_in_light_and_dark() {
    each_fits(&PAGES).await;
}
