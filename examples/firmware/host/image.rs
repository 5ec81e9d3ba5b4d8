//! An image: built, run in QEMU, its output decoded and compared with the file beside its source.

use crate::chip::Chip;
use crate::difference;
use crate::failure::Failure;
use crate::toolchain::{Toolchain, emulator, folder, target_dir};
use defmt_decoder::{DecodeError, Table};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use std::{fs, thread};

/// The longest that an image may run.
const TIME_LIMIT: Duration = Duration::from_secs(600);

/// The images that log through defmt; the others print text.
const BY_DEFMT: [&str; 3] = ["sensor_node", "formats", "async_node"];

/// The image with Embassy in it.
const ASYNC: &str = "async_node";

/// The images with other filters in them, in a workspace of their own.
const WITH_PEERS: [&str; 3] = ["peer_costs", "peer_faults", "peer_growth"];

/// The images that measure.
const MEASURED: [&str; 1] = ["costs"];

/// The workspace that an image is in.
fn workspace(image: &str) -> PathBuf {
    if WITH_PEERS.contains(&image) { folder().join("peers") } else { folder() }
}

/// The images with an expected output beside them, in order of name.
pub fn with_output() -> Result<Vec<String>, Failure> {
    let sources = folder().join("src/bin");
    let entries = sources.read_dir().map_err(Failure::machine(sources.display()))?;
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "out"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_string()))
        .collect();
    names.sort();
    Ok(names)
}

/// Builds an image and returns where it is.
pub fn build(image: &str, chip: &Chip, profile: &str, level: Option<&str>) -> Result<PathBuf, Failure> {
    build_with(image, chip, profile, level, &[])
}

/// The same, with arguments for the compiler of the image itself.
pub fn build_with(
    image: &str,
    chip: &Chip,
    profile: &str,
    level: Option<&str>,
    arguments: &[String],
) -> Result<PathBuf, Failure> {
    let mut cargo = Toolchain::find(chip)?.cargo(chip, profile, level);
    cargo.current_dir(workspace(image));
    if BY_DEFMT.contains(&image) {
        cargo.args(["--features", if image == ASYNC { "embassy" } else { "defmt" }]);
    }
    if MEASURED.contains(&image) {
        cargo.args(["--features", "measure"]);
    }
    let status = cargo.args(["--bin", image, "--"]).args(arguments).status().map_err(Failure::machine("cargo"))?;
    if !status.success() {
        let level = level.map(|level| format!(" at opt-level {level}")).unwrap_or_default();
        return Err(Failure::Build(format!("{image} for {} in {profile}{level}", chip.name)));
    }
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target_dir().join(chip.target).join(folder).join(image))
}

/// Builds an image, runs it to its end and returns what it printed.
pub fn run(image: &str, chip: &Chip, profile: &str) -> Result<String, Failure> {
    let path = build(image, chip, profile, None)?;
    run_built(image, chip, profile, &path, None)
}

/// The same of an image that is built, on the machine of the chip or another.
pub fn run_built(
    image: &str,
    chip: &Chip,
    profile: &str,
    path: &Path,
    machine: Option<&str>,
) -> Result<String, Failure> {
    let mut command = emulator(chip, path, machine)?;
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let name = format!("{image} on {} in {profile}", chip.name);
    let mut emulator = command.spawn().map_err(Failure::machine(&name))?;
    let mut pipe = emulator.stdout.take().ok_or(Failure::Machine("no output".to_string()))?;
    let reader = thread::spawn(move || {
        let mut output = Vec::new();
        pipe.read_to_end(&mut output).map(|_| output)
    });
    let start = Instant::now();
    let status = loop {
        if let Some(status) = emulator.try_wait().map_err(Failure::machine(&name))? {
            break status;
        }
        if start.elapsed() > TIME_LIMIT {
            emulator.kill().and_then(|()| emulator.wait()).map_err(Failure::machine(&name))?;
            return Err(Failure::TimedOut { image: name, seconds: TIME_LIMIT.as_secs() });
        }
        thread::sleep(Duration::from_millis(10));
    };
    let output = reader.join().map_err(|_| Failure::Machine("reading failed".to_string()))?;
    let output = output.map_err(Failure::machine(&name))?;
    let text = if BY_DEFMT.contains(&image) {
        let elf = fs::read(path).map_err(Failure::machine(path.display()))?;
        decoded(&elf, &output).map_err(Failure::machine(&name))?
    } else {
        String::from_utf8_lossy(&output).into_owned()
    };
    if status.success() {
        Ok(text)
    } else {
        Err(Failure::Ended { image: name, how: format!("{status}, having printed\n{text}") })
    }
}

/// The messages of a defmt stream, one a line.
fn decoded(elf: &[u8], stream: &[u8]) -> Result<String, String> {
    let table = Table::parse(elf).map_err(|error| error.to_string())?.ok_or("no defmt in the image")?;
    let mut decoder = table.new_stream_decoder();
    decoder.received(stream);
    let mut text = String::new();
    loop {
        match decoder.decode() {
            Ok(frame) => text += &format!("{}\n", frame.display_message()),
            Err(DecodeError::UnexpectedEof) => return Ok(text),
            Err(DecodeError::Malformed) => return Err(format!("malformed after\n{text}")),
        }
    }
}

/// The expected output of an image.
pub fn expected(image: &str) -> Result<String, Failure> {
    let path = expected_path(image);
    fs::read_to_string(&path).map_err(Failure::machine(path.display()))
}

fn expected_path(image: &str) -> PathBuf {
    workspace(image).join("src/bin").join(image).with_extension("out")
}

/// Compares an output with the expected one; or makes it the expected one.
pub fn compare(image: &str, who: &str, output: &str, accept: bool) -> Result<(), Failure> {
    if accept {
        let path = expected_path(image);
        return fs::write(&path, output).map_err(Failure::machine(path.display()));
    }
    let expected = expected(image)?;
    let (mut wanted, mut found) = (expected.lines(), output.lines());
    let mut line = 0;
    loop {
        line += 1;
        match (wanted.next(), found.next()) {
            (None, None) => return Ok(()),
            (a, b) if a == b => {}
            (a, b) => {
                let text = |line: Option<&str>| line.unwrap_or("(nothing)").to_string();
                let image = format!("{image} on {who}");
                let result = difference::first(&expected, output);
                return Err(Failure::Differs { image, line, expected: text(a), found: text(b), result });
            }
        }
    }
}
