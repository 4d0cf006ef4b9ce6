//! Programs ready to be instantiated, in memory by code hash.

use super::{
    disk::{CacheDirectoryError, DiskCache},
    host::Host,
    link,
};
use crate::{
    activate::{Checked, Packed, Refusal, check},
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

/// A program's module with its host functions. Each has an engine of its own, so that dropping it frees its code.
pub struct Compiled {
    linker: Linker<Host>,
    module: Module,
    /// What a profile has to know; only of a module that profiles.
    outline: Option<Arc<Outline>>,
}

/// Which module of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    Plain,
    /// The same in wrappers that record where ink goes.
    Profiled,
}

/// Why code did not become a module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    #[error(transparent)]
    Refused(#[from] Refusal),
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

    /// Compiles the module of this program that activation has metered.
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

    /// What a profile has to know, if this is a module that profiles.
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

/// The nominal stack of a program is smaller than what these limits allow, so it is what stops a recursion:
/// a frame counts for 6 words at least (in a module that profiles, two frames do), and holds no more 8-byte cells
/// than a few times its words.
fn engine_config() -> Config {
    let mut config = Config::default();
    config.set_max_recursion_depth(16_384).set_max_stack_height(16 * 1024 * 1024);
    config.ignore_custom_sections(true);
    config
}

/// Programs by [`Packed::key`], which is the code hash but for those in fragments: compiled in memory, and metered in a
/// directory if it has one. Cheap to clone; clones share the same modules.
#[derive(Clone, Default)]
pub struct ModuleCache {
    modules: Arc<Mutex<Modules>>,
    disk: Option<Arc<DiskCache>>,
}

#[derive(Default)]
struct Modules {
    by_code_hash: HashMap<(B256, Variant), (Arc<Compiled>, u64)>,
    /// Counts look-ups, so that the module not used for longest can be found.
    clock: u64,
}

/// Modules kept at most. One of 40 KB takes about half a megabyte.
const CAPACITY: usize = 256;

impl ModuleCache {
    /// A cache that keeps what it works out in this directory too, for later runs and other processes. Files are
    /// replaced atomically; one that is damaged, foreign or of another version is ignored and written anew.
    ///
    /// # Errors
    /// The directory cannot be made or written.
    pub fn on_disk(directory: impl Into<PathBuf>) -> Result<Self, CacheDirectoryError> {
        let disk = DiskCache::open(directory.into())?;
        Ok(Self { disk: Some(Arc::new(disk)), ..Self::default() })
    }

    /// What activation found out about the program with this key, if the directory has it.
    pub fn known(&self, key: B256) -> Option<Checked> {
        self.disk.as_ref()?.load(key)
    }

    /// Keeps in the directory, if there is one, what activation found out.
    pub fn remember(&self, key: B256, checked: &Checked) {
        if let Some(disk) = &self.disk {
            disk.store(key, checked);
        }
    }

    /// The module of this key, compiled from the program's code if it is not here.
    pub fn get(&self, key: B256, variant: Variant, packed: &Packed) -> Result<Arc<Compiled>, CompileError> {
        if let Some(module) = self.lock().find((key, variant)) {
            return Ok(module);
        }
        // Compiled outside of the lock: whoever else needs this module meanwhile compiles it too, and no one waits.
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

    /// Keeps a plain module, and forgets the one not used for longest if there are too many.
    pub fn insert(&self, key: B256, module: Arc<Compiled>) {
        self.lock().keep((key, Variant::Plain), module);
    }

    /// A panic elsewhere cannot leave the map half changed.
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
