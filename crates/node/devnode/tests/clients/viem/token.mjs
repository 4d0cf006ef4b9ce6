// The WASM token, used like any ERC-20.

import assert from 'node:assert/strict'
import { getContract, parseEventLogs, zeroAddress } from 'viem'
import { accounts, mined, node, token, wallet, walletOf } from './stage.mjs'

const [owner, spender, receiver] = accounts.map(({ address }) => address)
const contract = getContract({ ...token, client: { public: node, wallet } })

assert.match(await node.getCode(token), /^0xeff00000/)
assert.deepEqual(
  await Promise.all([contract.read.name(), contract.read.symbol(), contract.read.decimals()]),
  ['Token', 'TKN', 18],
)
const minted = await mined(contract.write.mint([owner, 1_000n]))
const [mint] = parseEventLogs({ abi: token.abi, logs: minted.logs })
assert.deepEqual([mint.eventName, mint.args], ['Transfer', { from: zeroAddress, to: owner, value: 1_000n }])

const { result } = await contract.simulate.transfer([receiver, 100n], { account: accounts[0] })
assert.equal(result, true)
await mined(contract.write.transfer([receiver, 100n]))
await mined(contract.write.approve([spender, 50n]))
assert.equal(await contract.read.allowance([owner, spender]), 50n)
const transferFrom = { ...token, functionName: 'transferFrom', args: [owner, receiver, 50n] }
await mined(walletOf(accounts[1]).writeContract(transferFrom))
assert.deepEqual(
  await Promise.all([
    contract.read.balanceOf([owner]), contract.read.balanceOf([receiver]), contract.read.allowance([owner, spender]),
  ]),
  [850n, 150n, 0n],
)

// At an earlier block.
const before = { blockNumber: minted.blockNumber }
assert.equal(await contract.read.balanceOf([owner], before), 1_000n)
