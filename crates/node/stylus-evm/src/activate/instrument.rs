//! Builds the checks of ink, stack and memory into a function (Nitro `crates/prover/src/programs/`:
//! `meter.rs`, `dynamic.rs`, `depth.rs`, `heap.rs`, applied in this order, as activation counts the result).

use super::{
    Refusal,
    stack::{Arities, frame_words},
};
use crate::pricing::{
    Ink,
    instruction::{self, BLOCK_CHECK, BULK_BYTE},
};
use wasmparser::{BlockType, Operator, ValType};

/// Indices of the four globals that the instrumentation adds, and what is done about growing memory.
#[derive(Clone, Copy, Debug)]
pub struct Handles {
    pub ink_left: u32,
    pub ink_status: u32,
    pub scratch: u32,
    pub stack_left: u32,
    pub growth: Growth,
}

/// How a program's memory grows.
#[derive(Clone, Copy, Debug)]
pub enum Growth {
    /// The imported function of this index is called before each `memory.grow`.
    Paid { function_index: u32 },
    /// It cannot: it has so many pages at first and at most.
    Fixed { pages: u32 },
}

/// The metered code of function number `index` (imports not counted) with so many locals (parameters not counted).
pub fn function<'a>(
    index: u32,
    code: Vec<Operator<'a>>,
    locals: u64,
    arities: &Arities,
    handles: &Handles,
) -> Result<Vec<Operator<'a>>, Refusal> {
    let metered = meter(code, arities, handles)?;
    let words = frame_words(&metered, locals, arities).map_err(|words| Refusal::Frame {
        function: index,
        words,
        limit: super::stack::MAX_FRAME_WORDS,
    })?;
    Ok(pay_for_growth(check_stack(metered, words, handles), handles))
}

/// Charges each basic block at its start, and the bytes of `memory.copy` and `memory.fill` when they run.
fn meter<'a>(
    code: Vec<Operator<'a>>,
    arities: &Arities,
    handles: &Handles,
) -> Result<Vec<Operator<'a>>, Refusal> {
    let parameters = |ty: u32| arities.types.get(ty as usize).map_or(0, |arity| arity.params.into());
    let mut out = Vec::with_capacity(code.len() * 3);
    let (mut block, mut cost) = (Vec::new(), Ink(0));
    for op in code {
        let ink = instruction::ink(&op, parameters).ok_or_else(|| Refusal::Instruction(name(&op)))?;
        cost = cost + ink;
        let ends = instruction::ends_block(&op);
        block.push(op);
        if !ends {
            continue;
        }
        out.extend(charge(cost + BLOCK_CHECK, handles));
        for op in block.drain(..) {
            if let Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } = op {
                out.extend(charge_bytes(handles));
            }
            out.push(op);
        }
        cost = Ink(0);
    }
    Ok(out)
}

/// `if ink < cost { status = 1; trap } ink -= cost`
fn charge<'a>(cost: Ink, handles: &Handles) -> [Operator<'a>; 12] {
    let Handles { ink_left, ink_status, .. } = *handles;
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

/// The number of bytes is on top of the stack: `ink -= bytes * price; if that wrapped { status = 1; trap }`
fn charge_bytes<'a>(handles: &Handles) -> [Operator<'a>; 17] {
    let Handles { ink_left, ink_status, scratch, .. } = *handles;
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

/// Takes the frame's words on entry, gives them back before each return, and ends the function with a return.
fn check_stack<'a>(mut code: Vec<Operator<'a>>, words: u32, handles: &Handles) -> Vec<Operator<'a>> {
    let global_index = handles.stack_left;
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

/// Pays for the pages before each `memory.grow`.
fn pay_for_growth<'a>(code: Vec<Operator<'a>>, handles: &Handles) -> Vec<Operator<'a>> {
    let Growth::Paid { function_index } = handles.growth else { return code };
    let global_index = handles.scratch;
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

/// Answers `memory.grow` in a memory that cannot grow: its size for no pages, else -1. Not part of Nitro's
/// instrumentation, nor counted or charged: wasmi's own instruction takes native stack that is given back only when
/// the host is asked something, so a loop of it would end the process. Where memory can grow, paying for it asks.
pub fn without_growth<'a>(code: Vec<Operator<'a>>, handles: &Handles) -> Vec<Operator<'a>> {
    let Growth::Fixed { pages } = handles.growth else { return code };
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

/// The variant's name, without its operands.
fn name(op: &Operator) -> String {
    let text = format!("{op:?}");
    text.split([' ', '{', '(']).next().unwrap_or_default().to_owned()
}
