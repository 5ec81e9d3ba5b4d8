//! Builds the firmware images for emulated chips, runs them in QEMU, and compares what they print with what they
//! should.

mod audit;
#[path = "../../autoencoder/mod.rs"]
mod autoencoder;
mod chip;
mod costs;
mod coverage;
mod difference;
#[path = "../src/exercise/mod.rs"]
mod exercise;
mod failure;
mod image;
#[path = "../../network/mod.rs"]
mod network;
mod peers;
mod toolchain;
#[path = "../src/trace.rs"]
mod trace;
#[path = "../src/trained.rs"]
mod trained;

use chip::{CHIPS, Chip};
use clap::Parser;
use failure::Failure;
use std::process::ExitCode;

/// Runs firmware with elbow in it on emulated chips.
#[derive(Parser)]
#[command(name = "cargo firmware", bin_name = "cargo firmware")]
struct Arguments {
    /// An image to run (sensor_node, async_node, formats, autoencoder, flush_to_zero, trace, trace_likelihoods, the last two with _f64),
    /// `outputs` to compare what every image prints, `test` to prove by linking, too, that nothing panics, `costs` to
    /// compare what every call costs on m4f and m0 with what was accepted, or `peers` to run other filters beside elbow
    /// on m4f.
    #[arg(default_value = "sensor_node")]
    image: String,
    /// Only on this chip: m4f, m0, m33, riscv. An image runs on m4f unless told otherwise.
    #[arg(long, value_parser = Chip::named)]
    chip: Option<Chip>,
    /// With debug assertions, not optimised; comparisons do both unless told otherwise.
    #[arg(long, conflicts_with = "release")]
    debug: bool,
    /// Optimised.
    #[arg(long)]
    release: bool,
    /// Makes what the images print now what they should print; what calls cost now what they may cost.
    #[arg(long)]
    accept: bool,
}

impl Arguments {
    fn chips(&self) -> impl Iterator<Item = Chip> {
        CHIPS.into_iter().filter(|chip| self.chip.is_none_or(|only| only == *chip))
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = match arguments.image.as_str() {
        "outputs" => outputs(&arguments),
        "costs" => measure(&arguments),
        "peers" => peers::run(arguments.accept),
        "test" => outputs(&arguments).and_then(|()| links(&arguments)),
        _ => show(&arguments),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit_code()
        }
    }
}

/// One image, its output as it is.
fn show(arguments: &Arguments) -> Result<(), Failure> {
    let chip = arguments.chip.unwrap_or(CHIPS[0]);
    print!("{}", image::run(&arguments.image, &chip, chip.profiles[usize::from(arguments.debug)])?);
    Ok(())
}

/// What can be checked without the chips, then every image with an expected output on every chip. An output is accepted
/// once: from this machine, or from the first chip; the others still have to print the same.
fn outputs(arguments: &Arguments) -> Result<(), Failure> {
    let mut to_accept = if arguments.accept { image::with_output()? } else { Vec::new() };
    let mut compare = |name: &str, who: &str, output: &str| {
        let position = to_accept.iter().position(|waiting| waiting == name);
        let accepted = position.map(|at| to_accept.swap_remove(at)).is_some();
        image::compare(name, who, output, accepted)
    };
    for (name, output) in host_traces() {
        compare(name, "this machine", &output)?;
    }
    coverage::check()?;
    println!("this machine: the traces, and a call of every public function");
    for chip in arguments.chips() {
        for (debug, profile) in chip.profiles.into_iter().enumerate() {
            if (arguments.release && debug == 1) || (arguments.debug && debug == 0) {
                continue;
            }
            for name in image::with_output()?.iter().filter(|name| !chip.without.contains(&name.as_str())) {
                let output = image::run(name, &chip, profile)?;
                compare(name, &format!("{} in {profile}", chip.name), &output)?;
                println!("{} ({}), {profile}: {name}", chip.name, chip.description);
            }
        }
    }
    Ok(())
}

/// What every call costs.
fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let chips: Vec<Chip> = arguments.chips().filter(|chip| chip.measured_on.is_some()).collect();
    if chips.is_empty() || arguments.accept && arguments.chip.is_some() {
        return Err(Failure::Machine("costs are measured on m4f and m0, and accepted of both together".to_string()));
    }
    costs::run(&chips, arguments.accept)
}

/// What the linked images hold, and that they link.
fn links(arguments: &Arguments) -> Result<(), Failure> {
    for chip in arguments.chips() {
        audit::run(&chip)?;
        println!("{} ({}): panic_free at opt-levels 3, s and z", chip.name, chip.description);
    }
    Ok(())
}

/// What the images of the same names print, computed here.
fn host_traces() -> [(&'static str, String); 5] {
    fn text(run: impl FnOnce(&mut dyn FnMut(&str))) -> String {
        let mut text = String::new();
        run(&mut |line| text += line);
        text
    }
    let mut weeks = String::new();
    if let Err(error) = trained::run(|line| weeks += &format!("{line}\n")) {
        weeks += &format!("{error}\n");
    }
    [
        ("autoencoder", weeks),
        ("trace", text(|print| trace::run::<f32>(exercise::parts::<f32, _>(), print))),
        ("trace_f64", text(|print| trace::run::<f64>(exercise::parts::<f64, _>(), print))),
        ("trace_likelihoods", text(|print| trace::run::<f32>(exercise::likelihoods::<f32, _>(), print))),
        ("trace_likelihoods_f64", text(|print| trace::run::<f64>(exercise::likelihoods::<f64, _>(), print))),
    ]
}
