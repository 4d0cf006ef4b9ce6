//! Inspectors see the frames and logs of programs like those of EVM code.

mod common;

use common::{evm::*, *};
use revm::{
    Inspector,
    interpreter::{CallInputs, CallOutcome, CreateInputs, CreateOutcome, interpreter::EthInterpreter},
    primitives::{Address, Log},
};
use stylus_evm::{StylusContext, inspect};

#[derive(Debug, Default)]
struct Recorder {
    seen: Vec<String>,
    steps: usize,
}

impl<DB: revm::Database> Inspector<StylusContext<DB>, EthInterpreter> for Recorder {
    fn step(&mut self, _: &mut revm::interpreter::Interpreter, _: &mut StylusContext<DB>) {
        self.steps += 1;
    }

    fn call(&mut self, _: &mut StylusContext<DB>, inputs: &mut CallInputs) -> Option<CallOutcome> {
        self.seen.push(format!("call {}", short(inputs.bytecode_address)));
        None
    }

    fn call_end(&mut self, _: &mut StylusContext<DB>, inputs: &CallInputs, outcome: &mut CallOutcome) {
        let result = outcome.result.result;
        self.seen.push(format!("end {} {result:?}", short(inputs.bytecode_address)));
    }

    fn create(&mut self, _: &mut StylusContext<DB>, _: &mut CreateInputs) -> Option<CreateOutcome> {
        self.seen.push("create".into());
        None
    }

    fn create_end(&mut self, _: &mut StylusContext<DB>, _: &CreateInputs, outcome: &mut CreateOutcome) {
        self.seen.push(format!("created {:?}", outcome.result.result));
    }

    fn log(&mut self, _: &mut StylusContext<DB>, log: Log) {
        self.seen.push(format!("log {}", short(log.address)));
    }
}

fn short(address: Address) -> String {
    address.to_string()[38..].to_owned()
}

#[test]
fn every_frame_and_log_is_seen_once_and_in_order() {
    let mut chain = TestChain::new();
    let inner = chain.evm(&STORE);
    // Logs, calls statically a contract that tries to store, creates an empty contract, logs.
    let program = chain.program(&with_args(
        "",
        "(call $emit_log (i32.const 0) (i32.const 0) (i32.const 0))
         (drop (call $static_call (i32.const 1024) (i32.const 0) (i32.const 0) (i64.const 50000) (i32.const 512)))
         (call $create1 (i32.const 0) (i32.const 1) (i32.const 64) (i32.const 128) (i32.const 160))
         (call $emit_log (i32.const 0) (i32.const 0) (i32.const 0))
         (i32.const 0)",
    ));
    let proxy = chain.evm(&forwarder(CALL, program));
    let tx = chain.transaction(proxy.into(), inner.to_vec(), 0);
    let mut recorder = Recorder::default();
    let outcome = inspect(&mut chain.db, &chain.env, tx.clone(), &mut recorder).expect("valid");
    assert!(outcome.result.is_success(), "{:?}", outcome.result);
    let [proxy, program, inner] = [proxy, program, inner].map(short);
    let expected = [
        format!("call {proxy}"),
        format!("call {program}"),
        format!("log {program}"),
        format!("call {inner}"),
        format!("end {inner} StateChangeDuringStaticCall"),
        "create".to_owned(),
        "created Return".to_owned(),
        format!("log {program}"),
        format!("end {program} Return"),
        format!("end {proxy} Return"),
    ];
    assert_eq!(recorder.seen, expected);
    // In the proxy, 21 of 24 instructions run; 4 in the inner contract; 1 in the init code. A program has none.
    assert!(recorder.steps > 20 && recorder.steps < 40, "{}", recorder.steps);
    // The inspector does not change the result.
    let unseen = stylus_evm::transact(&mut chain.db, &chain.env, tx).expect("valid");
    assert_eq!(unseen.result, outcome.result);
}
