//! The pages of these examples fit phones and desktops, and have a dark look.

use tests::pages::{Page, each_fits};

const PAGES: [Page; 7] = [
    Page {
        name: "counting",
        program: env!("CARGO_BIN_EXE_rocket"),
        act: "",
        ready: "document.getElementById('count').textContent === '2 s'",
    },
    Page {
        name: "progress-empty",
        program: env!("CARGO_BIN_EXE_progress"),
        act: "",
        ready: "true",
    },
    Page {
        name: "progress",
        program: env!("CARGO_BIN_EXE_progress"),
        act: "for (let n = 0; n < 3; n++) document.getElementById('start').click();",
        ready: "[...document.querySelectorAll('progress')].filter(bar => bar.value > 5).length === 3",
    },
    Page {
        name: "errors",
        program: env!("CARGO_BIN_EXE_errors"),
        act: "",
        ready: "document.querySelectorAll('.end').length === 2",
    },
    Page {
        name: "relay-empty",
        program: env!("CARGO_BIN_EXE_relay"),
        act: "",
        ready: "state.value === 'ready'",
    },
    Page {
        name: "relay",
        program: env!("CARGO_BIN_EXE_relay"),
        act: "ask('hello')",
        ready: "state.value === 'done'",
    },
    Page {
        name: "dashboard",
        program: env!("CARGO_BIN_EXE_dashboard"),
        act: "",
        ready: "Number(document.getElementById('count').textContent) >= 3",
    },
];

#[tokio::test]
async fn each_page_fits_its_window_in_light_and_dark() {
    each_fits(&PAGES).await;
}
