//! Keeps a chain in a file between runs: loads it at the start, and saves it regularly and at the end.
//!
//! Saving writes a second file in the same folder and renames it, so the file is complete whenever the program or the
//! machine stops. A file that cannot be loaded is never overwritten. A lock on a second file (`….lock`, which is not
//! deleted) keeps other nodes from using the same file.

use crate::{
    chain::{Chain, Fingerprint, ImageError},
    lock::lock,
};
use std::{
    ffi::OsString,
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// Saving takes at most a tenth of the time, so a large chain is saved less often than the interval demands.
const PAUSE_PER_SAVE: u32 = 10;

/// Why a chain cannot be kept in a file.
#[derive(Debug, thiserror::Error)]
pub enum ChainFileError {
    #[error("cannot load the chain in {}: {error}; the file was not changed", path.display())]
    Unusable { path: PathBuf, error: ImageError },
    #[error("{} is in use by another node: stop it or use another file", path.display())]
    InUse { path: PathBuf },
    #[error("cannot {action} {}: {error}", path.display())]
    Io { path: PathBuf, action: &'static str, error: io::Error },
}

/// The file of a chain, locked against other nodes.
#[derive(Debug)]
pub struct ChainFile {
    path: PathBuf,
    /// Locked while the file is written.
    access: Mutex<Access>,
}

#[derive(Debug)]
struct Access {
    /// Holds the lock while it is open; `None` after the file was released.
    lock: Option<File>,
    /// The fingerprint of the chain in the file.
    saved: Option<Fingerprint>,
}

impl ChainFile {
    /// Locks the file and, if it exists, loads its chain.
    ///
    /// # Errors
    /// The file is in use, cannot be read, or contains no chain with this chain id.
    pub fn open(path: &Path, chain: &Chain) -> Result<Self, ChainFileError> {
        // Follows a link, so that saving does not replace the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let file = lock_file(&path)?;
        let saved = match fs::read(&path) {
            Ok(bytes) => {
                chain.load(&bytes).map_err(|error| ChainFileError::Unusable { path: path.clone(), error })?;
                Some(chain.fingerprint())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(ChainFileError::Io { path, action: "read", error }),
        };
        Ok(Self { path, access: Mutex::new(Access { lock: Some(file), saved }) })
    }

    /// Saves the chain if it has changed, unless the file was released.
    ///
    /// # Errors
    /// The file cannot be written. Then it still contains the previous chain.
    pub fn save(&self, chain: &Chain) -> Result<(), ChainFileError> {
        let mut access = lock(&self.access);
        if access.lock.is_none() || access.saved == Some(chain.fingerprint()) {
            return Ok(());
        }
        let (bytes, fingerprint) = chain.dump();
        write_atomically(&self.path, &bytes).map_err(|error| ChainFileError::Io {
            path: self.path.clone(),
            action: "write",
            error,
        })?;
        access.saved = Some(fingerprint);
        Ok(())
    }

    /// Saves the chain for the last time and unlocks the file.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub fn release(&self, chain: &Chain) -> Result<(), ChainFileError> {
        let saved = self.save(chain);
        lock(&self.access).lock = None;
        saved
    }

    /// Saves every `interval`, for ever. Logs errors.
    pub async fn keep_saving(file: Arc<Self>, chain: Chain, interval: Duration) {
        let mut pause = interval;
        loop {
            tokio::time::sleep(pause).await;
            let (file, chain) = (file.clone(), chain.clone());
            let begin = Instant::now();
            let saved = tokio::task::spawn_blocking(move || file.save(&chain)).await;
            if let Ok(Err(error)) = saved {
                tracing::error!("{error}");
            }
            pause = interval.max(begin.elapsed() * PAUSE_PER_SAVE);
        }
    }
}

fn lock_file(path: &Path) -> Result<File, ChainFileError> {
    let lock_path = with_suffix(path, ".lock");
    let io = |error| ChainFileError::Io { path: lock_path.clone(), action: "create", error };
    let file = File::options().create(true).write(true).truncate(false).open(&lock_path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ChainFileError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(ChainFileError::Io { path: lock_path, action: "lock", error }),
    }
}

/// Replaces a file so that it always has either its old or its new content.
fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = with_suffix(path, ".new");
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)?;
    // The rename is durable only after the folder is synced. Not every system can open folders, so errors are ignored.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
