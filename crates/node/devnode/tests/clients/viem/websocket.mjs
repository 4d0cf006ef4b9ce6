// Over WebSocket, on the same port: requests, and subscriptions to blocks and logs.

import assert from 'node:assert/strict'
import { createPublicClient, createWalletClient, getAbiItem, webSocket } from 'viem'
import { accounts, chain, token } from './stage.mjs'

const transport = webSocket(undefined, { reconnect: false })
const node = createPublicClient({ chain, transport })
const wallet = createWalletClient({ account: accounts[0], chain, transport })
const write = (functionName, args) => wallet.writeContract({ ...token, functionName, args })
const receiptOf = (hash) => node.waitForTransactionReceipt({ hash })

assert.equal(await node.getChainId(), chain.id)
await receiptOf(await write('mint', [accounts[0].address, 100n]))

const [blocks, logs, failures] = [[], [], []]
const onError = (error) => failures.push(error)
const event = getAbiItem({ abi: token.abi, name: 'Transfer' })
const stops = [
  node.watchBlocks({ onBlock: (block) => blocks.push(block.number), onError }),
  node.watchEvent({
    address: token.address,
    event,
    args: { to: accounts[2].address },
    onLogs: (found) => logs.push(...found),
    onError,
  }),
]
// Gives the subscriptions time to open before the transactions below.
await new Promise((resolve) => setTimeout(resolve, 200))

const start = await node.getBlockNumber({ cacheTime: 0 })
await receiptOf(await write('transfer', [accounts[1].address, 1n]))
await receiptOf(await write('transfer', [accounts[2].address, 2n]))
const last = await receiptOf(await write('transfer', [accounts[2].address, 3n]))

const limit = Date.now() + 5_000
while ((logs.length < 2 || blocks.at(-1) !== last.blockNumber) && Date.now() < limit) {
  await new Promise((resolve) => setTimeout(resolve, 10))
}
stops.forEach((stop) => stop())
assert.deepEqual(failures, [])
assert.deepEqual(blocks, [start + 1n, start + 2n, start + 3n])
assert.deepEqual(logs.map((log) => [log.args.value, log.blockNumber]), [[2n, start + 2n], [3n, start + 3n]])

const client = await node.transport.getRpcClient()
client.close()
