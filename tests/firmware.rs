//! What the firmware images print on an emulated Cortex-M4F, optimised; `cargo firmware test` runs every chip. Where a
//! cross compiler or QEMU is missing the images are left out, aloud; the traces and the list of public functions are
//! checked everywhere.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// The exit code by which the runner says that something has to be installed.
const MISSING: i32 = 3;

#[test]
fn images_print_what_they_should() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target directory holds tmp");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.args(["firmware", "outputs", "--release", "--chip", "m4f"]);
    command.current_dir(env!("ELBOW_ROOT")).env("CARGO_TARGET_DIR", target);
    let output = command.output().expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(MISSING) {
        // Past the test harness, which hides what a passing test prints.
        let notice = format!("\nSKIPPED: firmware images on an emulated chip. {}\n", said.trim());
        std::io::stderr().write_all(notice.as_bytes()).expect("standard error is open");
    } else {
        assert!(output.status.success(), "{}{said}", String::from_utf8_lossy(&output.stdout));
    }
}
