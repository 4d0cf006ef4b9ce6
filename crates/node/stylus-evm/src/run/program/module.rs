//! Compiled programs, cached in memory by code hash.

use super::{
    disk::{CacheDirectoryError, DiskCache},
    host::Host,
    link,
};
use crate::{
    activate::{ActivationError, Checked, Packed, check},
    profile::{self, Outline},
};
use revm::primitives::B256;
use std::{
    collections::HashMap,
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use wasmi::{Config, Engine, Error, Instance, Linker, Module, Store};

/// The module of a program with its host functions. Each has its own engine, so that dropping it frees its code.
pub struct Compiled {
    linker: Linker<Host>,
    module: Module,
    /// Set for [`Variant::Profiled`] only.
    outline: Option<Arc<Outline>>,
}

/// Variant of the module of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    Plain,
    /// Functions have wrappers that record ink.
    Profiled,
}

/// Why code cannot be compiled to a module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    #[error(transparent)]
    Activation(#[from] ActivationError),
    #[error("the metered program is not a valid module: {0}")]
    Engine(String),
}

impl Compiled {
    /// Compiles a module that activation has metered.
    pub fn of_metered(metered: &[u8]) -> Result<Self, CompileError> {
        let engine = Engine::new(&engine_config());
        let module = Module::new(&engine, metered).map_err(engine_error)?;
        let mut linker = Linker::new(&engine);
        link::define(&mut linker).map_err(engine_error)?;
        Ok(Self { linker, module, outline: None })
    }

    fn of_variant(variant: Variant, metered: &[u8], packed: &Packed) -> Result<Self, CompileError> {
        match variant {
            Variant::Plain => Self::of_metered(metered),
            Variant::Profiled => Self::profiled(metered, packed),
        }
    }

    fn profiled(metered: &[u8], packed: &Packed) -> Result<Self, CompileError> {
        let outline = Outline::of(&packed.unpack()?).map_err(engine_error)?;
        let mut compiled = Self::of_metered(&profile::wrap(metered).map_err(CompileError::Engine)?)?;
        link::define_profiling(&mut compiled.linker).map_err(engine_error)?;
        compiled.outline = Some(Arc::new(outline));
        Ok(compiled)
    }

    /// The outline, if this is [`Variant::Profiled`].
    pub fn outline(&self) -> Option<Arc<Outline>> {
        self.outline.clone()
    }

    pub fn engine(&self) -> &Engine {
        self.linker.engine()
    }

    pub fn instantiate(&self, store: &mut Store<Host>) -> Result<Instance, Error> {
        self.linker.instantiate_and_start(store, &self.module)
    }
}

fn engine_error(error: impl fmt::Display) -> CompileError {
    CompileError::Engine(error.to_string())
}

/// These limits allow more than the nominal stack of a program, so the nominal stack stops a recursion first: a frame
/// takes at least 6 nominal words (in a profiled module, two frames do), and its 8-byte cells are at most a small
/// multiple of its words.
fn engine_config() -> Config {
    let mut config = Config::default();
    config.set_max_recursion_depth(16_384).set_max_stack_height(16 * 1024 * 1024);
    config.ignore_custom_sections(true);
    config
}

/// Cache of programs by [`Packed::key`], which is the code hash except for programs in fragments: compiled in memory,
/// and metered in a directory if one is set. Cheap to clone; clones share the same modules.
#[derive(Clone, Default)]
pub struct ModuleCache {
    modules: Arc<Mutex<Modules>>,
    disk: Option<Arc<DiskCache>>,
}

#[derive(Default)]
struct Modules {
    by_code_hash: HashMap<(B256, Variant), (Arc<Compiled>, u64)>,
    /// Counts look-ups, to find the least recently used module.
    clock: u64,
}

/// Maximum number of modules. The module of a 40 KB program takes about half a megabyte.
const CAPACITY: usize = 256;

impl ModuleCache {
    /// A cache that also stores metered programs in this directory, for later runs and other processes. Files are
    /// replaced atomically; a file that is damaged, foreign or of another version is ignored and replaced.
    ///
    /// # Errors
    /// The directory cannot be created or written.
    pub fn on_disk(directory: impl Into<PathBuf>) -> Result<Self, CacheDirectoryError> {
        let disk = DiskCache::open(directory.into())?;
        Ok(Self { disk: Some(Arc::new(disk)), ..Self::default() })
    }

    /// The checked program with this key, if the directory has it.
    pub fn known(&self, key: B256) -> Option<Checked> {
        self.disk.as_ref()?.load(key)
    }

    /// Stores a checked program in the directory, if there is one.
    pub fn remember(&self, key: B256, checked: &Checked) {
        if let Some(disk) = &self.disk {
            disk.store(key, checked);
        }
    }

    /// The module with this key. Compiles it from the code of the program if it is not cached.
    pub fn get(&self, key: B256, variant: Variant, packed: &Packed) -> Result<Arc<Compiled>, CompileError> {
        if let Some(module) = self.lock().find((key, variant)) {
            return Ok(module);
        }
        // Compiled outside of the lock, so that no thread waits; another thread may compile the same module meanwhile.
        let module = Arc::new(self.compile(key, variant, packed)?);
        self.lock().keep((key, variant), module.clone());
        Ok(module)
    }

    fn compile(&self, key: B256, variant: Variant, packed: &Packed) -> Result<Compiled, CompileError> {
        let known = self.known(key);
        if let Some(Ok(compiled)) = known.map(|known| Compiled::of_variant(variant, &known.metered, packed)) {
            return Ok(compiled);
        }
        let checked = check(&packed.unpack()?)?;
        let compiled = Compiled::of_variant(variant, &checked.metered, packed)?;
        self.remember(key, &checked);
        Ok(compiled)
    }

    /// Caches a plain module, and removes the least recently used if there are too many.
    pub fn insert(&self, key: B256, module: Arc<Compiled>) {
        self.lock().keep((key, Variant::Plain), module);
    }

    /// Ignores poisoning: a panic in another thread cannot leave the map half changed.
    fn lock(&self) -> MutexGuard<'_, Modules> {
        self.modules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Modules {
    fn find(&mut self, key: (B256, Variant)) -> Option<Arc<Compiled>> {
        self.clock += 1;
        let (module, used) = self.by_code_hash.get_mut(&key)?;
        *used = self.clock;
        Some(module.clone())
    }

    fn keep(&mut self, key: (B256, Variant), module: Arc<Compiled>) {
        self.clock += 1;
        self.by_code_hash.insert(key, (module, self.clock));
        while self.by_code_hash.len() > CAPACITY {
            let oldest = self.by_code_hash.iter().min_by_key(|(_, (_, used))| *used).map(|(hash, _)| *hash);
            oldest.and_then(|hash| self.by_code_hash.remove(&hash));
        }
    }
}

impl fmt::Debug for ModuleCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModuleCache")
            .field("modules", &self.lock().by_code_hash.len())
            .field("disk", &self.disk)
            .finish()
    }
}
