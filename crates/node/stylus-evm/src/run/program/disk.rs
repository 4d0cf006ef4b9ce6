//! Stores checked programs in files named by code hash, so that later processes need not check them again.
//!
//! A file is used only if its version, code hash, length and checksum are right; any other file counts as absent and is
//! replaced. wasmi cannot store its translation: it validates the module again and translates each function at its
//! first call.

use crate::{
    activate::{Checked, METERING_VERSION},
    pricing::{activation::Work, entry::Size},
};
use revm::primitives::{B256, keccak256};
use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

const MAGIC: [u8; 8] = *b"stylus\0m";
const EXTENSION: &str = "metered";
/// Extension of unfinished files, which are renamed when complete.
const PART: &str = "part";
/// Larger than any metered program.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;
/// Maximum number of files; the oldest are removed first. The file of a 50 KB program takes 110 KB.
const MAX_FILES: usize = 1_000;
/// The directory is pruned after this number of files was written.
const PRUNE_EVERY: u64 = 100;
/// An unfinished file older than this belongs to a process that was stopped.
const ABANDONED: Duration = Duration::from_secs(3_600);
const NUMBERS: usize = 14;
const HEADER_BYTES: usize = MAGIC.len() + 4 + 32 + 8 * NUMBERS;
const CHECKSUM_BYTES: usize = 32;

/// A directory of checked programs.
#[derive(Debug)]
pub struct DiskCache {
    directory: PathBuf,
    /// Files written by this process.
    written: AtomicU64,
}

/// The cache directory cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "the cache directory {path} cannot be used: {error}; choose another directory, or run without a cache"
)]
pub struct CacheDirectoryError {
    path: PathBuf,
    #[source]
    error: io::Error,
}

impl DiskCache {
    /// Opens a directory, creates it if it is missing, and prunes it.
    ///
    /// # Errors
    /// The directory cannot be created or written.
    pub fn open(directory: PathBuf) -> Result<Self, CacheDirectoryError> {
        let cache = Self { directory, written: AtomicU64::new(0) };
        match cache.probe() {
            Ok(()) => Ok(cache),
            Err(error) => Err(CacheDirectoryError { path: cache.directory, error }),
        }
    }

    fn probe(&self) -> io::Result<()> {
        fs::create_dir_all(&self.directory)?;
        let part = self.part();
        fs::write(&part, [])?;
        fs::remove_file(part)?;
        self.prune()
    }

    /// The program with this code hash, if the directory has it.
    pub fn load(&self, code_hash: B256) -> Option<Checked> {
        let path = self.path(code_hash);
        if fs::metadata(&path).ok()?.len() > MAX_FILE_BYTES {
            return None;
        }
        decode(code_hash, &fs::read(path).ok()?)
    }

    /// Stores a program. Errors are ignored: a missing file only costs the time to check the program again.
    pub fn store(&self, code_hash: B256, checked: &Checked) {
        let part = self.part();
        let written = fs::write(&part, encode(code_hash, checked))
            .and_then(|()| fs::rename(&part, self.path(code_hash)));
        if written.is_err() {
            fs::remove_file(&part).ok();
            return;
        }
        if self.written.load(Ordering::Relaxed).is_multiple_of(PRUNE_EVERY) {
            self.prune().ok();
        }
    }

    fn path(&self, code_hash: B256) -> PathBuf {
        self.directory.join(format!("{code_hash:x}.{EXTENSION}"))
    }

    /// A unique name for an unfinished file.
    fn part(&self) -> PathBuf {
        let number = self.written.fetch_add(1, Ordering::Relaxed) + 1;
        self.directory.join(format!("{}-{number}.{PART}", process::id()))
    }

    /// Removes abandoned unfinished files, and the oldest files beyond the limit.
    fn prune(&self) -> io::Result<()> {
        let now = SystemTime::now();
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            let Ok(modified) = fs::metadata(&path).and_then(|metadata| metadata.modified()) else { continue };
            if has_extension(&path, PART) && now.duration_since(modified).is_ok_and(|age| age > ABANDONED) {
                fs::remove_file(&path).ok();
            }
            if has_extension(&path, EXTENSION) {
                files.push((modified, path));
            }
        }
        files.sort();
        for (_, path) in files.iter().take(files.len().saturating_sub(MAX_FILES)) {
            fs::remove_file(path).ok();
        }
        Ok(())
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

/// Format: magic, version, code hash, numbers, metered module, keccak256 of all before. Numbers are little-endian.
fn encode(code_hash: B256, checked: &Checked) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + checked.metered.len() + CHECKSUM_BYTES);
    bytes.extend(MAGIC);
    bytes.extend(METERING_VERSION.to_le_bytes());
    bytes.extend(code_hash);
    for number in numbers(checked) {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(&checked.metered);
    let checksum = keccak256(&bytes);
    bytes.extend(checksum);
    bytes
}

fn decode(code_hash: B256, bytes: &[u8]) -> Option<Checked> {
    let (body, checksum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM_BYTES)?)?;
    let rest = body.strip_prefix(&MAGIC)?;
    let rest = rest.strip_prefix(&METERING_VERSION.to_le_bytes())?;
    let rest = rest.strip_prefix(code_hash.as_slice())?;
    if keccak256(body)[..] != *checksum {
        return None;
    }
    let (numbers, metered) = rest.split_at_checked(8 * NUMBERS)?;
    let (numbers, _) = numbers.as_chunks::<8>();
    checked(numbers.iter().map(|number| u64::from_le_bytes(*number)), metered)
}

fn numbers(checked: &Checked) -> [u64; NUMBERS] {
    let Checked { size, work, init_cost, cached_cost, asm_estimate, metered: _ } = checked;
    [
        size.wasm_bytes,
        size.functions,
        size.signature_values,
        size.globals,
        size.segment_bytes,
        size.pages.into(),
        work.data_bytes,
        work.element_bytes,
        work.instructions,
        (*init_cost).into(),
        (*cached_cost).into(),
        (*asm_estimate).into(),
        // Equal to fields of `size`, but stored separately because they have a different purpose.
        work.wasm_bytes,
        work.functions,
    ]
}

fn checked(mut numbers: impl Iterator<Item = u64>, metered: &[u8]) -> Option<Checked> {
    let mut next = || numbers.next();
    let size = Size {
        wasm_bytes: next()?,
        functions: next()?,
        signature_values: next()?,
        globals: next()?,
        segment_bytes: next()?,
        pages: next()?.try_into().ok()?,
    };
    let (data_bytes, element_bytes, instructions) = (next()?, next()?, next()?);
    let (init_cost, cached_cost) = (next()?.try_into().ok()?, next()?.try_into().ok()?);
    let asm_estimate = next()?.try_into().ok()?;
    let (wasm_bytes, functions) = (next()?, next()?);
    let pages = size.pages.into();
    let work = Work { wasm_bytes, functions, data_bytes, element_bytes, pages, instructions };
    Some(Checked { size, work, init_cost, cached_cost, asm_estimate, metered: metered.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Checked {
        let size =
            Size { wasm_bytes: 1, functions: 2, signature_values: 3, globals: 4, segment_bytes: 5, pages: 6 };
        let work = Work {
            wasm_bytes: 7,
            functions: 8,
            data_bytes: 9,
            element_bytes: 10,
            pages: 6,
            instructions: 11,
        };
        let metered = (0..=255).collect();
        Checked { size, work, init_cost: 12, cached_cost: 13, asm_estimate: 14, metered }
    }

    const HASH: B256 = B256::repeat_byte(7);

    #[test]
    fn a_stored_program_round_trips() {
        assert_eq!(decode(HASH, &encode(HASH, &example())), Some(example()));
    }

    #[test]
    fn changed_cut_or_lengthened_files_are_ignored() {
        let whole = encode(HASH, &example());
        for len in 0..whole.len() {
            assert_eq!(decode(HASH, &whole[..len]), None, "cut to {len} bytes");
            let mut changed = whole.clone();
            changed[len] ^= 1;
            assert_eq!(decode(HASH, &changed), None, "byte {len} changed");
        }
        assert_eq!(decode(HASH, &[&whole[..], &[0]].concat()), None);
        assert_eq!(decode(B256::ZERO, &whole), None, "of another program");
    }

    #[test]
    fn a_file_of_another_version_is_ignored_even_with_a_valid_checksum() {
        let mut bytes = encode(HASH, &example());
        bytes.truncate(bytes.len() - CHECKSUM_BYTES);
        bytes[MAGIC.len()] ^= 1;
        let checksum = keccak256(&bytes);
        bytes.extend(checksum);
        assert_eq!(decode(HASH, &bytes), None);
    }
}
