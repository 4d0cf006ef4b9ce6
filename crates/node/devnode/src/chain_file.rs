//! Keeps a chain in a file between runs: read at the start, written at the end and now and then while it runs.
//!
//! It is written to a second file in the same folder, which then takes the place of the first: whenever the
//! program or the machine stops, there is a whole file. A file that cannot be used is never written to. A lock on
//! a file beside it (`….lock`, which stays behind) keeps a second node away.

use crate::chain::{Chain, Fingerprint, ImageError};
use std::{
    ffi::OsString,
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Writing takes at most one part in so many of the time: a large chain is written less often than asked for.
const WRITING_SHARE: u32 = 10;

/// Why a file cannot keep a chain.
#[derive(Debug, thiserror::Error)]
pub enum ChainFileError {
    #[error("the chain in {} cannot be used: {error}; the file is left as it is", path.display())]
    Unusable { path: PathBuf, error: ImageError },
    #[error("{} is in use by another node: stop that one or use another file", path.display())]
    InUse { path: PathBuf },
    #[error("{} cannot be {action}: {error}", path.display())]
    Io { path: PathBuf, action: &'static str, error: io::Error },
}

/// The file that a chain is kept in, locked against other nodes.
#[derive(Debug)]
pub struct ChainFile {
    path: PathBuf,
    /// Locked while it is being written.
    access: Mutex<Access>,
}

#[derive(Debug)]
struct Access {
    /// Keeps others away while it is open; `None` when we are done.
    lock: Option<File>,
    /// The chain as it was last written.
    written: Option<Fingerprint>,
}

impl ChainFile {
    /// Locks the file and, if there is one, loads the chain in it.
    ///
    /// # Errors
    /// It is in use, cannot be read, or holds no chain that fits.
    pub fn open(path: &Path, chain: &Chain) -> Result<Self, ChainFileError> {
        // Where a link leads, so that writing does not replace the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let lock = lock_file(&path)?;
        let written = match fs::read(&path) {
            Ok(bytes) => {
                chain.load(&bytes).map_err(|error| ChainFileError::Unusable { path: path.clone(), error })?;
                Some(chain.fingerprint())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(ChainFileError::Io { path, action: "read", error }),
        };
        Ok(Self { path, access: Mutex::new(Access { lock: Some(lock), written }) })
    }

    /// Writes the chain if it has changed since it was last written, unless the file was given up.
    ///
    /// # Errors
    /// It cannot be written. What was written before is still there.
    pub fn save(&self, chain: &Chain) -> Result<(), ChainFileError> {
        let mut access = self.access();
        if access.lock.is_none() || access.written == Some(chain.fingerprint()) {
            return Ok(());
        }
        let (bytes, fingerprint) = chain.dump();
        write_whole(&self.path, &bytes).map_err(|error| ChainFileError::Io {
            path: self.path.clone(),
            action: "written",
            error,
        })?;
        access.written = Some(fingerprint);
        Ok(())
    }

    /// Writes the chain for the last time, and lets others have the file.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub fn give_up(&self, chain: &Chain) -> Result<(), ChainFileError> {
        let saved = self.save(chain);
        self.access().lock = None;
        saved
    }

    /// Saves every `interval` for ever; says in the log if it cannot.
    pub async fn keep_saving(file: std::sync::Arc<Self>, chain: Chain, interval: Duration) {
        let mut pause = interval;
        loop {
            tokio::time::sleep(pause).await;
            let (file, chain) = (file.clone(), chain.clone());
            let begin = Instant::now();
            let saved = tokio::task::spawn_blocking(move || file.save(&chain)).await;
            if let Ok(Err(error)) = saved {
                tracing::error!("{error}");
            }
            pause = interval.max(begin.elapsed() * WRITING_SHARE);
        }
    }

    fn access(&self) -> MutexGuard<'_, Access> {
        self.access.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lock_file(path: &Path) -> Result<File, ChainFileError> {
    let beside = with_suffix(path, ".lock");
    let io = |error| ChainFileError::Io { path: beside.clone(), action: "created", error };
    let file = File::options().create(true).write(true).truncate(false).open(&beside).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ChainFileError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(ChainFileError::Io { path: beside, action: "locked", error }),
    }
}

/// Writes a file so that at every moment either all of the old or all of the new is there.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = with_suffix(path, ".new");
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)?;
    // The rename itself is safe only when the folder is written too; not every system opens folders.
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
