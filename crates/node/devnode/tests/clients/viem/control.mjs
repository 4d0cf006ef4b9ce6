// Controls for test suites: balances, code, storage, impersonated senders, time, snapshots.

import assert from 'node:assert/strict'
import { hexToBigInt, numberToHex, parseEther } from 'viem'
import { accounts, mined, node, test, token, wallet, walletOf } from './stage.mjs'

const stranger = '0x00000000000000000000000000000000000057a6'
const mint = (value) => mined(wallet.writeContract({ ...token, functionName: 'mint', args: [stranger, value] }))
const balance = () => node.readContract({ ...token, functionName: 'balanceOf', args: [stranger] })
const now = async () => (await node.getBlock()).timestamp

await test.setBalance({ address: stranger, value: parseEther('2') })
assert.equal(await node.getBalance({ address: stranger }), parseEther('2'))

// An account without a key spends tokens.
await mint(10n)
await test.impersonateAccount({ address: stranger })
await mined(walletOf(stranger).writeContract({ ...token, functionName: 'transfer', args: [accounts[1].address, 4n] }))
await test.stopImpersonatingAccount({ address: stranger })
assert.equal(await balance(), 6n)

const snapshot = await test.snapshot()
const block = await node.getBlockNumber({ cacheTime: 0 })
await mint(100n)
assert.equal(await balance(), 106n)
await test.revert({ id: snapshot })
assert.equal(await balance(), 6n)
assert.equal(await node.getBlockNumber({ cacheTime: 0 }), block)

const before = await now()
await test.increaseTime({ seconds: 86_400 })
await test.mine({ blocks: 1 })
const passed = (await now()) - before
assert.ok(passed >= 86_400n && passed < 86_430n, `${passed} s`)
const next = (await now()) + 1_000n
await test.setNextBlockTimestamp({ timestamp: next })
await test.mine({ blocks: 1 })
assert.equal(await now(), next)
const height = await node.getBlockNumber({ cacheTime: 0 })
await test.mine({ blocks: 5, interval: 10 })
assert.equal(await node.getBlockNumber({ cacheTime: 0 }), height + 5n)
assert.equal((await now()) - next, 50n)

await test.setCode({ address: stranger, bytecode: '0x425f5260205ff3' })
assert.equal(hexToBigInt((await node.call({ to: stranger })).data) > 0n, true)
await test.setStorageAt({ address: token.address, index: 0, value: numberToHex(123, { size: 32 }) })
assert.equal(await node.readContract({ ...token, functionName: 'totalSupply' }), 123n)
await test.setNonce({ address: accounts[3].address, nonce: 9 })
assert.equal(await node.getTransactionCount({ address: accounts[3].address }), 9)

await test.reset()
assert.equal(await node.getBlockNumber({ cacheTime: 0 }), 0n)
assert.equal(await node.getCode(token), undefined)
