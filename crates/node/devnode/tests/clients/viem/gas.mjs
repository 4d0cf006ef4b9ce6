// Estimates are exact, with and without calls that hold back a sixty-fourth of the gas.

import assert from 'node:assert/strict'
import { concatHex, encodeFunctionData, parseEther } from 'viem'
import { accounts, deployCode, mined, node, token, wallet } from './stage.mjs'

const account = accounts[0]

/** Checks that the estimate suffices and that one gas less does not. */
async function exact(name, request) {
  const gas = await node.estimateGas({ account, ...request })
  for (const [limit, status] of [[gas, 'success'], [gas - 1n, 'reverted']]) {
    const hash = await wallet.sendTransaction({ ...request, gas: limit })
    const receipt = await node.waitForTransactionReceipt({ hash })
    assert.equal(receipt.status, status, `${name} with ${limit} of ${gas} gas`)
  }
  return gas
}

assert.equal(await node.estimateGas({ account, to: accounts[1].address, value: 1n }), 21_000n)

// Counts down from 50 000: PUSH3 00c350, 04: JUMPDEST PUSH1 1 SWAP1 SUB DUP1 PUSH1 04 JUMPI STOP
const burner = await deployCode('0x6200c3505b600190038060045700')
const burnt = await exact('a loop', { to: burner })
assert.ok(burnt > 1_000_000n, `${burnt}`)

// Calls the burner with all gas but a sixty-fourth, and reverts if that fails:
// PUSH0 ×5 PUSH20 burner GAS CALL PUSH1 22 JUMPI PUSH0 PUSH0 REVERT, 22: JUMPDEST STOP
const forwarder = await deployCode(concatHex(['0x5f5f5f5f5f73', burner, '0x5af16022575f5ffd5b00']))
const forwarded = await exact('a call of a call', { to: forwarder })
const receipt = await mined(wallet.sendTransaction({ to: forwarder, gas: forwarded }))
assert.ok(forwarded > receipt.gasUsed, 'the estimate includes the sixty-fourth that is held back')

// The WASM token. `approve` of the same value costs the same each time; a transfer does not.
await mined(wallet.writeContract({ ...token, functionName: 'mint', args: [account.address, parseEther('1')] }))
const data = encodeFunctionData({ ...token, functionName: 'approve', args: [accounts[1].address, 5n] })
await mined(wallet.sendTransaction({ to: token.address, data }))
await exact('a WASM program', { to: token.address, data })

const fees = await node.estimateFeesPerGas()
assert.ok(fees.maxFeePerGas >= (await node.getGasPrice()))
