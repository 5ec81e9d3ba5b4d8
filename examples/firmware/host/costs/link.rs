//! Links each row by itself, with link-time optimisation of that row alone, so that what it costs depends on no other
//! row: an optimiser puts a function into its only caller, and leaves apart one that many call. An image of all rows
//! is then linked from the machine code that came out.

use crate::failure::Failure;
use crate::toolchain::Toolchain;
use object::{Object as _, ObjectSection as _, ObjectSymbol as _};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// What a program keeps in flash.
const IN_FLASH: [&str; 3] = [".text", ".rodata", ".data"];

/// What a row's function is called: this, then `group;name`.
const PREFIX: &str = "row;";

/// A row linked by itself.
pub struct Row {
    /// `group;name`.
    pub name: String,
    /// Bytes of everything that its function reaches.
    pub flash: u64,
    /// Machine code, a file for each crate.
    objects: Vec<PathBuf>,
}

/// An image before link-time optimisation.
pub struct Parts {
    linker: PathBuf,
    /// The bitcode of the image's own crate.
    object: PathBuf,
    /// Those of the other crates, and the compiler's routines.
    archives: Vec<PathBuf>,
    /// Where the linker scripts are.
    scripts: Vec<PathBuf>,
    /// As a linker knows it.
    level: &'static str,
}

impl Parts {
    /// From the crate's bitcode, and the list of its inputs that a linker left.
    pub fn new(toolchain: &Toolchain, object: PathBuf, inputs: &Path, level: &str) -> Result<Self, Failure> {
        let text = fs::read_to_string(inputs).map_err(Failure::machine(inputs.display()))?;
        let first = text.split("\n\n").next().unwrap_or_default();
        let files = first.lines().skip(1).map(|line| PathBuf::from(line.trim().trim_end_matches('\\').trim_end()));
        let (scripts, files): (Vec<PathBuf>, Vec<PathBuf>) = files.partition(|file| has_extension(file, "x"));
        let archives = files.into_iter().filter(|file| has_extension(file, "rlib") || has_extension(file, "a"));
        Ok(Self {
            linker: toolchain.linker()?.to_path_buf(),
            object,
            archives: archives.collect(),
            scripts: scripts.iter().filter_map(|script| Some(script.parent()?.to_path_buf())).collect(),
            // What rustc asks of a linker that optimises.
            level: if level == "3" { "O3" } else { "O2" },
        })
    }

    /// Every row of an image that cargo linked, each linked by itself.
    pub fn rows(&self, image: &Path) -> Result<Vec<Row>, Failure> {
        let folder = self.object.with_extension("rows");
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(Failure::machine(folder.display()))?;
        }
        let names = row_names(image)?;
        let share = names.len().div_ceil(thread::available_parallelism().map_or(1, usize::from)).max(1);
        let link = |(share, names): (usize, &[String])| -> Result<Vec<Row>, Failure> {
            let folder = |at: usize| folder.join(format!("{share}-{at}"));
            names.iter().enumerate().map(|(at, row)| self.row(row, &folder(at))).collect()
        };
        thread::scope(|scope| {
            let threads: Vec<_> = names.chunks(share).enumerate().map(|part| scope.spawn(move || link(part))).collect();
            let mut rows = Vec::new();
            for thread in threads {
                rows.extend(thread.join().map_err(|_| Failure::Machine("linking failed".to_string()))??);
            }
            Ok(rows)
        })
    }

    /// A row linked by itself, in a folder of its own.
    fn row(&self, name: &str, folder: &Path) -> Result<Row, Failure> {
        fs::create_dir_all(folder).map_err(Failure::machine(folder.display()))?;
        let (linked, symbol) = (folder.join("elf"), format!("{PREFIX}{name}"));
        let mut linker = self.linker();
        linker.arg(format!("--entry={symbol}")).arg(format!("--lto-obj-path={}", folder.join("o").display()));
        linker.arg(&self.object).args(&self.archives);
        self.link(linker, &linked)?;
        let bytes = fs::read(&linked).map_err(Failure::machine(linked.display()))?;
        let elf = object::File::parse(&*bytes).map_err(Failure::machine(linked.display()))?;
        let is_kept = |name: &str| IN_FLASH.contains(&name);
        let sections = elf.sections().filter(|section| section.name().is_ok_and(is_kept));
        match sections.map(|section| section.size()).sum() {
            // A linker that does not find the entry links nothing.
            0 => Err(Failure::Build(symbol)),
            flash => Ok(Row { name: name.to_string(), flash, objects: objects(folder, &linked)? }),
        }
    }

    /// The image of all rows, as each of them was linked by itself.
    pub fn image(&self, rows: &[Row]) -> Result<PathBuf, Failure> {
        let linked = self.object.with_extension("elf");
        let mut linker = self.linker();
        // The first definition of a row counts.
        linker.args(["--allow-multiple-definition", "--nmagic"]).args(rows.iter().flat_map(|row| &row.objects));
        linker.arg(&self.object).args(&self.archives);
        for folder in &self.scripts {
            linker.arg("-L").arg(folder);
        }
        linker.arg("-Tlink.x");
        self.link(linker, &linked)?;
        Ok(linked)
    }

    fn linker(&self) -> Command {
        let mut linker = Command::new(&self.linker);
        linker.args(["-flavor", "gnu", "--gc-sections", "--threads=1"]).arg(format!("-plugin-opt={}", self.level));
        linker
    }

    fn link(&self, mut linker: Command, linked: &Path) -> Result<(), Failure> {
        let ended = linker.arg("--output").arg(linked).output().map_err(Failure::machine("rust-lld"))?;
        let said = String::from_utf8_lossy(&ended.stderr);
        if ended.status.success() { Ok(()) } else { Err(Failure::Build(format!("{}: {said}", linked.display()))) }
    }
}

/// What a linker left in a folder beside its output, in order of name.
fn objects(folder: &Path, linked: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = folder.read_dir().map_err(Failure::machine(folder.display()))?;
    let mut objects: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path != linked).collect();
    objects.sort();
    Ok(objects)
}

/// `group;name` of every row.
fn row_names(image: &Path) -> Result<Vec<String>, Failure> {
    let bytes = fs::read(image).map_err(Failure::machine(image.display()))?;
    let elf = object::File::parse(&*bytes).map_err(Failure::machine(image.display()))?;
    let names = elf.symbols().filter_map(|symbol| Some(symbol.name().ok()?.strip_prefix(PREFIX)?.to_string()));
    Ok(names.collect())
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found == extension)
}
