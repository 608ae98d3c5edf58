//! How the examples with Rocket start.

use std::process::ExitCode;

use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::{Build, Rocket};

use crate::listen::{cannot_listen, port, print_url};

/// Serves on this machine alone, on the port that `PORT` names or on Rocket's own, and prints the URL.
///
/// `#[launch]` would do for a server of your own. It panics if the port is taken.
pub async fn launch(rocket: Rocket<Build>) -> ExitCode {
    let mut settings = rocket.figment().clone();
    if let Some(port) = port() {
        settings = settings.merge(("port", port));
    }
    let default_port = settings.extract_inner("port").unwrap_or(8000);
    let rocket = rocket.configure(settings).attach(AdHoc::on_liftoff("URL", |rocket| {
        Box::pin(async {
            print_url(format_args!("{}:{}", rocket.config().address, rocket.config().port));
        })
    }));
    let Err(error) = rocket.launch().await else { return ExitCode::SUCCESS };
    match error.kind() {
        ErrorKind::Bind(error) => eprintln!("{}", cannot_listen(default_port, error)),
        _ => eprintln!("{error}"),
    }
    ExitCode::FAILURE
}
