// Logs: by range, by event and argument, by block hash; filters, and watching by polling.

import assert from 'node:assert/strict'
import { getAbiItem } from 'viem'
import { accounts, mined, node, token, wallet } from './stage.mjs'

const [owner, first, second] = accounts.map(({ address }) => address)
const event = getAbiItem({ abi: token.abi, name: 'Transfer' })
const transfer = (to, value) => mined(wallet.writeContract({ ...token, functionName: 'transfer', args: [to, value] }))

const minting = wallet.writeContract({ ...token, functionName: 'mint', args: [owner, 100n] })
const { blockNumber: fromBlock } = await mined(minting)
const filter = await node.createEventFilter({ address: token.address, event, args: { to: second } })
const seen = []
const stop = node.watchContractEvent({
  ...token,
  eventName: 'Transfer',
  args: { from: owner },
  onLogs: (logs) => seen.push(...logs),
})
const blocks = []
const stopBlocks = node.watchBlockNumber({ onBlockNumber: (number) => blocks.push(number) })
// Gives both time to read the current block first.
await new Promise((resolve) => setTimeout(resolve, 200))

await transfer(first, 1n)
const third = await transfer(second, 2n)
await transfer(first, 3n)

const values = (logs) => logs.map((log) => log.args.value)
const by = (args) => node.getLogs({ address: token.address, event, args, fromBlock }).then(values)
assert.deepEqual(await by({}), [100n, 1n, 2n, 3n])
assert.deepEqual(await by({ to: first }), [1n, 3n])
assert.deepEqual(await by({ to: [first, second], from: owner }), [1n, 2n, 3n])
assert.deepEqual(await by({ from: second }), [])
assert.deepEqual(values(await node.getLogs({ event, blockHash: third.blockHash })), [2n])
const later = await node.getContractEvents({ ...token, eventName: 'Transfer', fromBlock: third.blockNumber })
assert.deepEqual(values(later), [2n, 3n])
const approval = getAbiItem({ abi: token.abi, name: 'Approval' })
assert.deepEqual(await node.getLogs({ address: token.address, event: approval, fromBlock }), [])

assert.deepEqual(values(await node.getFilterChanges({ filter })), [2n])
assert.deepEqual(await node.getFilterChanges({ filter }), [])
const all = await node.createEventFilter({ address: token.address, event, fromBlock })
assert.deepEqual(values(await node.getFilterLogs({ filter: all })), [100n, 1n, 2n, 3n])
assert.equal(await node.uninstallFilter({ filter }), true)

const start = Date.now()
while ((seen.length < 3 || blocks.at(-1) < third.blockNumber + 1n) && Date.now() - start < 5_000) {
  await new Promise((resolve) => setTimeout(resolve, 20))
}
stop()
stopBlocks()
assert.deepEqual(values(seen), [1n, 2n, 3n])
assert.equal(blocks.at(-1), third.blockNumber + 1n)
