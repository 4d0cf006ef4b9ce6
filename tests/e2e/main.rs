//! End to end: the compiled WASM, on the devnode in process or on the node that `WEIR_RPC_URL` names.

mod scene;
mod vault;
