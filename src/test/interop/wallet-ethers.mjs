// SPDX-License-Identifier: Apache-2.0
//
// What a program built on ethers does with a chain: send, wait, replace, filters, subscriptions.
//   node wallet-ethers.mjs RPC_URL PRIVATE_KEY WS_URL
// The account needs about 1 ether; nothing else may send from it meanwhile.
import fs from 'node:fs'
import { Contract, ContractFactory, JsonRpcProvider, Transaction, Wallet, WebSocketProvider, hexlify, parseEther, randomBytes } from 'ethers'
import { check, eventually, finish, needed, require, requireEqual, TIMEOUT_MS, usage } from './lib/checks.mjs'

const [rpcUrl, privateKey, wsUrl] = process.argv.slice(2)
if (rpcUrl === undefined || privateKey === undefined || wsUrl === undefined) usage('node wallet-ethers.mjs RPC_URL PRIVATE_KEY WS_URL')

const tally = JSON.parse(fs.readFileSync(new URL('./artefacts/Tally.json', import.meta.url), 'utf8'))
const provider = new JsonRpcProvider(rpcUrl, undefined, { pollingInterval: 100, cacheTimeout: -1 })
const wallet = new Wallet(privateKey, provider)
const fresh = () => hexlify(randomBytes(20))
/** Ethers waits for a block, not only for a receipt. */
const mined = tx => tx.wait(1, TIMEOUT_MS)
/** The code that ethers gives an error, so that its own reading of the node's words is tested. */
const refused = async attempt => {
  try {
    await attempt()
  } catch (e) {
    return e
  }
  require(false, 'it was accepted')
}

const chainId = await check('network', async note => {
  const network = await provider.getNetwork()
  note(network.chainId)
  return network.chainId
})
if (chainId === undefined) finish()

await check('sendTransaction and wait', async note => {
  const to = fresh()
  const response = await wallet.sendTransaction({ to, value: 5n })
  const receipt = await mined(response)
  requireEqual(receipt.status, 1, 'status')
  requireEqual(receipt.hash, response.hash, 'hash')
  requireEqual(receipt.gasUsed, 21000n, 'gasUsed')
  requireEqual(await provider.getBalance(to), 5n, 'balance of the receiver')
  const block = await eventually('the block', () => provider.getBlock(receipt.blockNumber, true))
  require(block.prefetchedTransactions.some(tx => tx.hash === response.hash), 'not in its block')
  note(`block ${receipt.blockNumber}`)
})

const contract = await check('deploy a contract and write to it', async note => {
  const factory = new ContractFactory(tally.abi, tally.bytecode, wallet)
  const deployed = await factory.deploy(7n)
  await mined(deployed.deploymentTransaction())
  requireEqual(await deployed.total(), 7n, 'total')
  const receipt = await mined(await deployed.add(35n))
  requireEqual(receipt.logs.length, 1, 'number of logs')
  requireEqual(receipt.logs[0].args.total, 42n, 'total in the event')
  note(await deployed.getAddress())
  return deployed
})

await check('queryFilter finds the event', async () => {
  const deployed = needed(contract, 'deploy')
  const events = await eventually('the event', async () => {
    const found = await deployed.queryFilter(deployed.filters.Added(wallet.address), 0, 'latest')
    return found.length > 0 ? found : null
  })
  requireEqual(events[0].args.amount, 35n, 'amount')
})

await check('a filter that is polled tells new events', async () => {
  // Without polling of its own, ethers installs a filter on the node and asks for its changes.
  const deployed = needed(contract, 'deploy')
  let seen = null
  const listener = (by, amount) => (seen = amount)
  await deployed.on('Added', listener)
  // Installed in the background; before its first poll nothing is lost, before it is there everything.
  await new Promise(resolve => setTimeout(resolve, 300))
  await mined(await deployed.add(2n))
  await eventually('the event', () => seen)
  requireEqual(seen, 2n, 'amount')
  await deployed.off('Added', listener)
})

await check('filters of blocks and of waiting transactions', async () => {
  const blocks = await provider.send('eth_newBlockFilter', [])
  const waiting = await provider.send('eth_newPendingTransactionFilter', [])
  const sent = await wallet.sendTransaction({ to: fresh(), value: 1n })
  const changes = id => provider.send('eth_getFilterChanges', [id])
  await eventually('the transaction in its filter', async () => ((await changes(waiting)).includes(sent.hash) ? true : null))
  await mined(sent)
  await eventually('a block in its filter', async () => ((await changes(blocks)).length > 0 ? true : null))
  requireEqual(await provider.send('eth_uninstallFilter', [blocks]), true, 'uninstalled')
  requireEqual(await provider.send('eth_uninstallFilter', [blocks]), false, 'uninstalled twice')
  const gone = await refused(() => changes(blocks))
  require(/filter not found/.test(JSON.stringify(gone)), `another error: ${gone.message}`)
  await provider.send('eth_uninstallFilter', [waiting])
})

await check('a nonce that is used is NONCE_EXPIRED', async note => {
  const error = await refused(() => wallet.sendTransaction({ to: fresh(), value: 1n, nonce: 0, gasLimit: 21000n }))
  requireEqual(error.code, 'NONCE_EXPIRED', 'code')
  note(error.info?.error?.message)
})

await check('more than there is is INSUFFICIENT_FUNDS', async note => {
  const error = await refused(() => wallet.sendTransaction({ to: fresh(), value: parseEther('1000000000'), gasLimit: 21000n }))
  requireEqual(error.code, 'INSUFFICIENT_FUNDS', 'code')
  note(error.info?.error?.message)
})

await check('a replacement needs a better fee, and then takes the place', async note => {
  // Behind a gap nothing is included meanwhile.
  const nonce = await wallet.getNonce('pending')
  const fees = await provider.getFeeData()
  const common = { nonce: nonce + 1, gasLimit: 21000n, maxFeePerGas: fees.maxFeePerGas, maxPriorityFeePerGas: fees.maxPriorityFeePerGas }
  const first = await wallet.sendTransaction({ ...common, to: fresh(), value: 1n })
  const error = await refused(() => wallet.sendTransaction({ ...common, to: fresh(), value: 2n }))
  requireEqual(error.code, 'REPLACEMENT_UNDERPRICED', 'code')
  const to = fresh()
  const second = await wallet.sendTransaction({
    ...common,
    to,
    value: 3n,
    maxFeePerGas: fees.maxFeePerGas * 2n,
    maxPriorityFeePerGas: fees.maxPriorityFeePerGas * 2n,
  })
  await mined(await wallet.sendTransaction({ to: fresh(), value: 1n, nonce }))
  const receipt = await mined(second)
  requireEqual(receipt.status, 1, 'status')
  requireEqual(await provider.getTransactionReceipt(first.hash), null, 'receipt of the one that was replaced')
  requireEqual(await provider.getBalance(to), 3n, 'balance of the receiver')
  note(error.info?.error?.message ?? error.message)
})

await check('a revert reason is decoded', async note => {
  const error = await refused(() => needed(contract, 'deploy').add.staticCall(0n))
  requireEqual(error.code, 'CALL_EXCEPTION', 'code')
  requireEqual(error.reason, 'nothing to add', 'reason')
  note(error.reason)
})

await check('WebSocket: heads, waiting transactions and events are pushed', async note => {
  const socket = new WebSocketProvider(wsUrl)
  const deployed = new Contract(await needed(contract, 'deploy').getAddress(), tally.abi, socket)
  let head = null
  const waiting = new Set()
  let added = null
  await socket.on('block', number => (head = number))
  await socket.on('pending', hash => waiting.add(hash))
  await deployed.on('Added', (by, amount, total, event) => (added = event.log.transactionHash))
  await socket.getBlockNumber()
  await new Promise(resolve => setTimeout(resolve, 200))
  const sent = await needed(contract, 'deploy').add(1n)
  await eventually('head, hash and event', () => (head !== null && waiting.has(sent.hash) && added === sent.hash ? true : null))
  note(`head ${head}`)
  await socket.destroy()
})

await check('raw transactions are what was signed', async () => {
  const { hash } = await wallet.sendTransaction({ to: fresh(), value: 1n })
  const raw = await provider.send('debug_getRawTransaction', [hash])
  requireEqual(Transaction.from(raw).hash, hash, 'hash of the raw transaction')
  requireEqual(Transaction.from(raw).from, wallet.address, 'sender')
})

finish()
