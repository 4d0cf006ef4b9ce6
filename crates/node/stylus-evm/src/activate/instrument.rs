//! Adds the checks of ink, stack and memory to a function (Nitro `crates/prover/src/programs/`: `meter.rs`,
//! `dynamic.rs`, `depth.rs`, `heap.rs`, in this order: activation charges for the number of resulting instructions).

use super::{
    error::ActivationError,
    stack::{Arities, MAX_FRAME_WORDS, frame_words},
};
use crate::pricing::{
    Ink,
    instruction::{self, BLOCK_CHECK, BULK_BYTE},
};
use wasmparser::{BlockType, Operator, ValType};

/// Indices of the four globals that the instrumentation adds, and how it handles `memory.grow`.
#[derive(Clone, Copy, Debug)]
pub struct Instrumentation {
    pub ink_left: u32,
    pub ink_status: u32,
    pub scratch: u32,
    pub stack_left: u32,
    pub growth: Growth,
}

/// Whether the memory of a program can grow.
#[derive(Clone, Copy, Debug)]
pub enum Growth {
    /// The imported function of this index is called before each `memory.grow`.
    Paid { function_index: u32 },
    /// It cannot grow: `pages` is both its initial and its maximum size.
    Fixed { pages: u32 },
}

/// Meters the function number `index` (imports not counted), which declares `locals` locals (parameters not counted).
pub fn function<'a>(
    index: u32,
    code: Vec<Operator<'a>>,
    locals: u64,
    arities: &Arities,
    instrumentation: &Instrumentation,
) -> Result<Vec<Operator<'a>>, ActivationError> {
    let metered = meter(code, arities, instrumentation)?;
    let words = frame_words(&metered, locals, arities).map_err(|words| ActivationError::FrameTooLarge {
        function: index,
        words,
        limit: MAX_FRAME_WORDS,
    })?;
    Ok(pay_for_growth(check_stack(metered, words, instrumentation), instrumentation))
}

/// Charges each basic block at its start, and each `memory.copy` and `memory.fill` for its bytes when it runs.
fn meter<'a>(
    code: Vec<Operator<'a>>,
    arities: &Arities,
    instrumentation: &Instrumentation,
) -> Result<Vec<Operator<'a>>, ActivationError> {
    let parameters = |ty: u32| arities.types.get(ty as usize).map_or(0, |arity| arity.params.into());
    let mut out = Vec::with_capacity(code.len() * 3);
    let (mut block, mut cost) = (Vec::new(), Ink(0));
    for op in code {
        let ink = instruction::ink(&op, parameters).ok_or_else(|| ActivationError::Instruction(name(&op)))?;
        cost = cost + ink;
        let ends = instruction::ends_block(&op);
        block.push(op);
        if !ends {
            continue;
        }
        out.extend(charge(cost + BLOCK_CHECK, instrumentation));
        for op in block.drain(..) {
            if let Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } = op {
                out.extend(charge_bytes(instrumentation));
            }
            out.push(op);
        }
        cost = Ink(0);
    }
    Ok(out)
}

/// `if ink < cost { status = 1; trap } ink -= cost`
fn charge<'a>(cost: Ink, instrumentation: &Instrumentation) -> [Operator<'a>; 12] {
    let Instrumentation { ink_left, ink_status, .. } = *instrumentation;
    let cost = Operator::I64Const { value: cost.0 as i64 };
    [
        Operator::GlobalGet { global_index: ink_left },
        cost.clone(),
        Operator::I64LtU,
        Operator::If { blockty: BlockType::Empty },
        Operator::I32Const { value: 1 },
        Operator::GlobalSet { global_index: ink_status },
        Operator::Unreachable,
        Operator::End,
        Operator::GlobalGet { global_index: ink_left },
        cost,
        Operator::I64Sub,
        Operator::GlobalSet { global_index: ink_left },
    ]
}

/// Charges for the number of bytes on top of the stack: `ink -= bytes * price; if it wrapped { status = 1; trap }`
fn charge_bytes<'a>(instrumentation: &Instrumentation) -> [Operator<'a>; 17] {
    let Instrumentation { ink_left, ink_status, scratch, .. } = *instrumentation;
    [
        Operator::GlobalSet { global_index: scratch },
        Operator::GlobalGet { global_index: ink_left },
        Operator::GlobalGet { global_index: ink_left },
        Operator::GlobalGet { global_index: scratch },
        Operator::I64ExtendI32U,
        Operator::I64Const { value: BULK_BYTE.0 as i64 },
        Operator::I64Mul,
        Operator::I64Sub,
        Operator::GlobalSet { global_index: ink_left },
        Operator::GlobalGet { global_index: ink_left },
        Operator::I64LtU,
        Operator::If { blockty: BlockType::Empty },
        Operator::I32Const { value: 1 },
        Operator::GlobalSet { global_index: ink_status },
        Operator::Unreachable,
        Operator::End,
        Operator::GlobalGet { global_index: scratch },
    ]
}

/// Takes the words of the frame on entry, returns them before each return, and ends the function with a return.
fn check_stack<'a>(
    mut code: Vec<Operator<'a>>,
    words: u32,
    instrumentation: &Instrumentation,
) -> Vec<Operator<'a>> {
    let global_index = instrumentation.stack_left;
    let frame = Operator::I32Const { value: words as i32 };
    let mut out = Vec::with_capacity(code.len() + 32);
    out.extend([
        // if space <= frame { space = 0; trap }
        Operator::GlobalGet { global_index },
        frame.clone(),
        Operator::I32LeU,
        Operator::If { blockty: BlockType::Empty },
        Operator::I32Const { value: 0 },
        Operator::GlobalSet { global_index },
        Operator::Unreachable,
        Operator::End,
        // space -= frame
        Operator::GlobalGet { global_index },
        frame.clone(),
        Operator::I32Sub,
        Operator::GlobalSet { global_index },
    ]);
    let end = code.pop();
    code.push(Operator::Return);
    code.extend(end);
    for op in code {
        if let Operator::Return = op {
            out.extend([
                Operator::GlobalGet { global_index },
                frame.clone(),
                Operator::I32Add,
                Operator::GlobalSet { global_index },
            ]);
        }
        out.push(op);
    }
    out
}

/// Calls `pay_for_memory_grow` before each `memory.grow`.
fn pay_for_growth<'a>(code: Vec<Operator<'a>>, instrumentation: &Instrumentation) -> Vec<Operator<'a>> {
    let Growth::Paid { function_index } = instrumentation.growth else { return code };
    let global_index = instrumentation.scratch;
    let mut out = Vec::with_capacity(code.len());
    for op in code {
        if let Operator::MemoryGrow { .. } = op {
            out.extend([
                Operator::GlobalSet { global_index },
                Operator::GlobalGet { global_index },
                Operator::GlobalGet { global_index },
                Operator::Call { function_index },
            ]);
        }
        out.push(op);
    }
    out
}

/// Replaces `memory.grow` in a memory that cannot grow by its result: the size for 0 pages, else -1. This is not part
/// of Nitro's instrumentation, and neither counted nor charged. It prevents a crash: wasmi's `memory.grow` takes native
/// stack that is freed only when the program waits for the host, so a loop of it would end the process. A memory that
/// can grow is not affected, because `pay_for_memory_grow` waits for the host.
pub fn without_growth<'a>(code: Vec<Operator<'a>>, instrumentation: &Instrumentation) -> Vec<Operator<'a>> {
    let Growth::Fixed { pages } = instrumentation.growth else { return code };
    let mut out = Vec::with_capacity(code.len());
    for op in code {
        match op {
            Operator::MemoryGrow { .. } => out.extend([
                Operator::I32Eqz,
                Operator::If { blockty: BlockType::Type(ValType::I32) },
                Operator::I32Const { value: pages as i32 },
                Operator::Else,
                Operator::I32Const { value: -1 },
                Operator::End,
            ]),
            op => out.push(op),
        }
    }
    out
}

/// Name of the instruction without its operands.
fn name(op: &Operator) -> String {
    let text = format!("{op:?}");
    text.split([' ', '{', '(']).next().unwrap_or_default().to_owned()
}
