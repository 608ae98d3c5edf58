//! Whether all that uses the macro still compiles and passes, for `cargo xtask mutants`: if this was
//! built together with a changed macro, a change that breaks users' code would count as one that can't be built.

use std::env;
use std::process::Command;

#[test]
fn users_of_the_macro_compile_and_pass() {
    let cargo = env::var_os("CARGO").expect("Cargo runs this");
    let test = Command::new(cargo).args(["test", "--package=fast", "--test=fast"]).status();
    assert!(test.expect("Cargo starts").success());
}
