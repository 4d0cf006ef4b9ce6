//! Programs ready to be instantiated, in memory by code hash.

use super::{host::Host, link};
use crate::activate::{Refusal, check, unpack};
use revm::primitives::B256;
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use wasmi::{Config, Engine, Error, Instance, Linker, Module, Store};

/// A program's module with its host functions. Each has an engine of its own, so that dropping it frees its code.
pub struct Compiled {
    linker: Linker<Host>,
    module: Module,
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
        let module =
            Module::new(&engine, metered).map_err(|error| CompileError::Engine(error.to_string()))?;
        let mut linker = Linker::new(&engine);
        link::define(&mut linker).map_err(|error| CompileError::Engine(error.to_string()))?;
        Ok(Self { linker, module })
    }

    /// Compiles the code of an account that was activated before.
    pub fn of_code(code: &[u8]) -> Result<Self, CompileError> {
        Self::of_metered(&check(&unpack(code)?)?.metered)
    }

    pub fn engine(&self) -> &Engine {
        self.linker.engine()
    }

    pub fn instantiate(&self, store: &mut Store<Host>) -> Result<Instance, Error> {
        self.linker.instantiate_and_start(store, &self.module)
    }
}

/// The nominal stack of a program is smaller than what these limits allow, so it is what stops a recursion:
/// a frame counts for 6 words at least, and holds no more 8-byte cells than a few times its words.
fn engine_config() -> Config {
    let mut config = Config::default();
    config.set_max_recursion_depth(16_384).set_max_stack_height(16 * 1024 * 1024);
    config.ignore_custom_sections(true);
    config
}

/// Compiled programs by code hash, in memory. Cheap to clone; clones share the same modules.
#[derive(Clone, Default)]
pub struct ModuleCache(Arc<Mutex<Modules>>);

#[derive(Default)]
struct Modules {
    by_code_hash: HashMap<B256, (Arc<Compiled>, u64)>,
    /// Counts look-ups, so that the module not used for longest can be found.
    clock: u64,
}

/// Modules kept at most. One of 40 KB takes about half a megabyte.
const CAPACITY: usize = 256;

impl ModuleCache {
    /// The module of this code hash, compiled from `code` if it is not here.
    pub fn get(&self, code_hash: B256, code: &[u8]) -> Result<Arc<Compiled>, CompileError> {
        if let Some(module) = self.lock().find(code_hash) {
            return Ok(module);
        }
        // Compiled outside of the lock: whoever else needs this module meanwhile compiles it too, and no one waits.
        let module = Arc::new(Compiled::of_code(code)?);
        self.insert(code_hash, module.clone());
        Ok(module)
    }

    /// Keeps a module, and forgets the one not used for longest if there are too many.
    pub fn insert(&self, code_hash: B256, module: Arc<Compiled>) {
        self.lock().keep(code_hash, module);
    }

    /// A panic elsewhere cannot leave the map half changed.
    fn lock(&self) -> MutexGuard<'_, Modules> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Modules {
    fn find(&mut self, code_hash: B256) -> Option<Arc<Compiled>> {
        self.clock += 1;
        let (module, used) = self.by_code_hash.get_mut(&code_hash)?;
        *used = self.clock;
        Some(module.clone())
    }

    fn keep(&mut self, code_hash: B256, module: Arc<Compiled>) {
        self.clock += 1;
        self.by_code_hash.insert(code_hash, (module, self.clock));
        while self.by_code_hash.len() > CAPACITY {
            let oldest = self.by_code_hash.iter().min_by_key(|(_, (_, used))| *used).map(|(hash, _)| *hash);
            oldest.and_then(|hash| self.by_code_hash.remove(&hash));
        }
    }
}

impl fmt::Debug for ModuleCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModuleCache").field("modules", &self.lock().by_code_hash.len()).finish()
    }
}
