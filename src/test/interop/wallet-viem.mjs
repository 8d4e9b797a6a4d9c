// SPDX-License-Identifier: Apache-2.0
//
// What a wallet built on viem does with a chain, from the first balance to a decoded revert reason.
//   node wallet-viem.mjs RPC_URL PRIVATE_KEY [WS_URL]
// The account needs about 1 ether; nothing else may send from it meanwhile.
import fs from 'node:fs'
import {
  createPublicClient,
  createWalletClient,
  defineChain,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  http,
  keccak256,
  parseEther,
  parseEventLogs,
  toHex,
  webSocket,
  zeroHash,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { check, eventually, finish, needed, require, requireEqual, TIMEOUT_MS, usage } from './lib/checks.mjs'

const [rpcUrl, privateKey, wsUrl] = process.argv.slice(2)
if (rpcUrl === undefined || privateKey === undefined) usage('node wallet-viem.mjs RPC_URL PRIVATE_KEY [WS_URL]')

const tally = JSON.parse(fs.readFileSync(new URL('./artefacts/Tally.json', import.meta.url), 'utf8'))
const account = privateKeyToAccount(privateKey)
const plain = createPublicClient({ transport: http(rpcUrl) })

const chainId = await check('chain id', async note => {
  const id = await plain.getChainId()
  requireEqual(await plain.request({ method: 'net_version' }), String(id), 'net_version')
  note(id)
  return id
})
if (chainId === undefined) finish()

const chain = defineChain({
  id: chainId,
  name: 'under test',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [rpcUrl] } },
})
const client = createPublicClient({ chain, transport: http(rpcUrl), pollingInterval: 100 })
const wallet = createWalletClient({ account, chain, transport: http(rpcUrl) })
const receiptOf = hash => client.waitForTransactionReceipt({ hash, timeout: TIMEOUT_MS })
/** A receipt may come before its block is sealed; then its block hash is 32 zero bytes. */
const sealedReceipt = hash =>
  eventually(`block of ${hash}`, async () => {
    const receipt = await client.getTransactionReceipt({ hash })
    return receipt.blockHash === zeroHash ? null : receipt
  })
/** An address that nobody has used: its balance is exactly what this run sent. */
const fresh = label => `0x${keccak256(toHex(`${label} ${process.pid} ${Date.now()} ${Math.random()}`)).slice(26)}`

await check('balance', async note => {
  const balance = await client.getBalance({ address: account.address })
  require(balance >= parseEther('1'), `${account.address} has only ${balance} wei`)
  requireEqual(await client.getBalance({ address: fresh('nobody') }), 0n, 'balance of an unused address')
  note(`${balance} wei`)
})

const transfer = await check('sendTransaction and waitForTransactionReceipt', async note => {
  const to = fresh('transfer')
  const value = parseEther('0.01')
  const hash = await wallet.sendTransaction({ to, value })
  const receipt = await receiptOf(hash)
  requireEqual(receipt.status, 'success', 'status')
  requireEqual(receipt.transactionHash, hash, 'transactionHash')
  requireEqual(receipt.from, account.address.toLowerCase(), 'from')
  requireEqual(receipt.gasUsed, 21000n, 'gasUsed')
  requireEqual(await client.getBalance({ address: to }), value, 'balance of the receiver right after the receipt')
  note(`block ${receipt.blockNumber}, index ${receipt.transactionIndex}`)
  return { hash, to, value, receipt }
})

await check('nonce counts what was sent', async () => {
  const nonce = await client.getTransactionCount({ address: account.address })
  const pending = await client.getTransactionCount({ address: account.address, blockTag: 'pending' })
  require(nonce > 0, 'nonce is 0 after a transaction')
  requireEqual(pending, nonce, 'pending nonce with nothing waiting')
})

await check('getTransaction', async () => {
  const { hash, to, value } = needed(transfer, 'sendTransaction')
  const tx = await client.getTransaction({ hash })
  requireEqual(tx.from, account.address.toLowerCase(), 'from')
  requireEqual(tx.to, to, 'to')
  requireEqual(tx.value, value, 'value')
  requireEqual(tx.type, 'eip1559', 'type')
  requireEqual(tx.chainId, chainId, 'chainId')
  requireEqual(await client.request({ method: 'eth_getTransactionByHash', params: [keccak256(hash)] }), null, 'unknown hash')
})

await check('getBlock with its transactions', async note => {
  const { hash, receipt: early } = needed(transfer, 'sendTransaction')
  const receipt = await sealedReceipt(hash)
  requireEqual(receipt.blockNumber, early.blockNumber, 'sealed block number against the promised')
  requireEqual(receipt.transactionIndex, early.transactionIndex, 'sealed index against the promised')
  const block = await client.getBlock({ blockHash: receipt.blockHash, includeTransactions: true })
  requireEqual(block.hash, receipt.blockHash, 'hash')
  const tx = block.transactions[receipt.transactionIndex]
  requireEqual(tx?.hash, hash, 'transaction at the index of the receipt')
  requireEqual(tx.blockHash, block.hash, 'blockHash of the transaction')
  const byNumber = await client.getBlock({ blockNumber: receipt.blockNumber })
  requireEqual(byNumber.hash, block.hash, 'block by number')
  requireEqual(byNumber.transactions[receipt.transactionIndex], hash, 'hash in the block by number')
  const parent = await client.getBlock({ blockHash: block.parentHash })
  requireEqual(parent.number, block.number - 1n, 'number of the parent')
  // anvil may make two blocks within one second
  require(parent.timestamp <= block.timestamp, 'the parent is younger')
  note(`${block.transactions.length} transactions`)
})

const sync = await check('eth_sendRawTransactionSync', async note => {
  const to = fresh('sync')
  const request = await wallet.prepareTransactionRequest({ to, value: 5n, nonceManager: undefined })
  const raw = await account.signTransaction(request)
  const startedAt = performance.now()
  const receipt = await client.request({ method: 'eth_sendRawTransactionSync', params: [raw] })
  note(`${(performance.now() - startedAt).toFixed(1)} ms`)
  requireEqual(receipt.transactionHash, keccak256(raw), 'transactionHash')
  requireEqual(receipt.status, '0x1', 'status')
  requireEqual(await client.getBalance({ address: to }), 5n, 'balance right after the answer')
  return { raw, hash: receipt.transactionHash }
})

await check('the same raw transaction again is known, not another one', async () => {
  const { raw, hash } = needed(sync, 'eth_sendRawTransactionSync')
  const nonce = await client.getTransactionCount({ address: account.address })
  try {
    requireEqual(await client.request({ method: 'eth_sendRawTransaction', params: [raw] }), hash, 'hash')
  } catch (e) {
    require(/nonce|known|already/i.test(`${e.shortMessage} ${e.details}`), `refused for another reason: ${e.details}`)
  }
  requireEqual(await client.getTransactionCount({ address: account.address }), nonce, 'nonce')
})

await check('a nonce that is too low is refused', async note => {
  const raw = await account.signTransaction({
    ...(await wallet.prepareTransactionRequest({ to: fresh('late'), value: 1n, gas: 21000n })),
    nonce: 0,
  })
  try {
    await client.sendRawTransaction({ serializedTransaction: raw })
  } catch (e) {
    require(/nonce/i.test(e.details ?? e.message), `refused for another reason: ${e.details ?? e.message}`)
    return note(e.details)
  }
  require(false, 'it was accepted')
})

const contract = await check('deploy a contract and call it at once', async note => {
  const nonce = await client.getTransactionCount({ address: account.address, blockTag: 'pending' })
  const hash = await wallet.deployContract({ ...tally, args: [7n] })
  const receipt = await receiptOf(hash)
  requireEqual(receipt.status, 'success', 'status')
  const address = receipt.contractAddress
  requireEqual(address, getContractAddress({ from: account.address, nonce: BigInt(nonce) }).toLowerCase(), 'contractAddress')
  const total = await client.readContract({ address, abi: tally.abi, functionName: 'total' })
  requireEqual(total, 7n, 'total')
  requireEqual(await client.getCode({ address }), tally.deployedBytecode, 'code')
  requireEqual(BigInt(await client.getStorageAt({ address, slot: '0x0' })), 7n, 'storage slot 0')
  note(address)
  return address
})

await check('estimateGas is enough and not far off', async note => {
  requireEqual(await client.estimateGas({ account, to: fresh('estimate'), value: 1n }), 21000n, 'plain transfer')
  const deploy = await client.estimateGas({ account, data: encodeDeployData({ ...tally, args: [7n] }) })
  require(deploy > 53000n, `deployment is estimated at ${deploy}`)
  const to = needed(contract, 'deploy')
  const data = encodeFunctionData({ abi: tally.abi, functionName: 'add', args: [3n] })
  const gas = await client.estimateGas({ account, to, data })
  const receipt = await receiptOf(await wallet.sendTransaction({ to, data, gas }))
  requireEqual(receipt.status, 'success', 'status with exactly the estimate as gas limit')
  require(receipt.gasUsed <= gas && gas <= receipt.gasUsed * 2n, `estimated ${gas}, used ${receipt.gasUsed}`)
  note(`estimated ${gas}, used ${receipt.gasUsed}`)
})

const write = await check('writeContract and the logs of its receipt', async () => {
  const address = needed(contract, 'deploy')
  const hash = await wallet.writeContract({ address, abi: tally.abi, functionName: 'add', args: [35n] })
  const receipt = await receiptOf(hash)
  requireEqual(receipt.status, 'success', 'status')
  const logs = parseEventLogs({ abi: tally.abi, logs: receipt.logs })
  requireEqual(logs.length, 1, 'number of logs')
  requireEqual(logs[0].eventName, 'Added', 'event')
  requireEqual(logs[0].args.by, account.address, 'by')
  requireEqual(logs[0].args.amount, 35n, 'amount')
  requireEqual(logs[0].args.total, 45n, 'total')
  requireEqual(await client.readContract({ address, abi: tally.abi, functionName: 'total' }), 45n, 'total right after')
  return hash
})

await check('getLogs', async note => {
  const address = needed(contract, 'deploy')
  const receipt = await sealedReceipt(needed(write, 'writeContract'))
  const abiEvent = tally.abi.find(item => item.name === 'Added')
  const byHash = await client.getLogs({ address, event: abiEvent, blockHash: receipt.blockHash })
  const mine = byHash.filter(log => log.transactionHash === receipt.transactionHash)
  requireEqual(mine.length, 1, 'logs by block hash')
  requireEqual(mine[0].args.amount, 35n, 'amount')
  requireEqual(mine[0].logIndex, receipt.logs[0].logIndex, 'logIndex')
  const byTopic = await client.getLogs({
    address,
    event: abiEvent,
    args: { by: account.address },
    fromBlock: receipt.blockNumber - 1n,
    toBlock: 'latest',
  })
  require(byTopic.some(log => log.transactionHash === receipt.transactionHash), 'not found by its indexed topic')
  const nobody = await client.getLogs({ address, event: abiEvent, args: { by: fresh('nobody') }, fromBlock: receipt.blockNumber })
  requireEqual(nobody.length, 0, 'logs of another topic')
  note(`block ${receipt.blockNumber}`)
})

await check('feeHistory and fee estimates', async note => {
  const history = await client.getFeeHistory({ blockCount: 4, rewardPercentiles: [10, 50, 90] })
  const blocks = history.gasUsedRatio.length
  require(blocks >= 1 && blocks <= 4, `${blocks} blocks answered for 4`)
  requireEqual(history.baseFeePerGas.length, blocks + 1, 'number of base fees')
  requireEqual(history.reward.length, blocks, 'number of rewards')
  require(history.reward.every(row => row.length === 3), 'a reward row has not three percentiles')
  const fees = await client.estimateFeesPerGas()
  require(fees.maxFeePerGas >= history.baseFeePerGas[blocks], 'the estimated fee is below the next base fee')
  note(`next base fee ${history.baseFeePerGas[blocks]}`)
})

await check('a revert string is decoded', async note => {
  const error = await refusal({ functionName: 'add', args: [0n] })
  requireEqual(error.reason, 'nothing to add', 'reason')
  note(error.reason)
})

await check('a custom error is decoded', async note => {
  const error = await refusal({ functionName: 'add', args: [1001n] })
  requireEqual(error.data?.errorName, 'TooMuch', 'error')
  requireEqual(error.data.args.join(), '1001,1000', 'arguments')
  note(`TooMuch(${error.data.args.join()})`)
})

await check('a transaction that reverts has a receipt that says so', async () => {
  const address = needed(contract, 'deploy')
  const hash = await wallet.writeContract({ address, abi: tally.abi, functionName: 'add', args: [0n], gas: 100000n })
  const receipt = await receiptOf(hash)
  requireEqual(receipt.status, 'reverted', 'status')
  requireEqual(receipt.logs.length, 0, 'number of logs')
})

await check('a batch of requests', async () => {
  const batching = createPublicClient({ chain, transport: http(rpcUrl, { batch: true }) })
  const answers = await Promise.all([
    batching.getChainId(),
    batching.getBlockNumber({ cacheTime: 0 }),
    batching.getBalance({ address: account.address }),
  ])
  requireEqual(answers[0], chainId, 'chain id')
  require(answers[1] >= 0n && answers[2] > 0n, 'block number or balance')
})

await check('an unknown method is refused with -32601', async () => {
  try {
    await client.request({ method: 'eth_noSuchMethod' })
  } catch (e) {
    return requireEqual(e.code, -32601, 'error code')
  }
  require(false, 'it was answered')
})

if (wsUrl !== undefined) {
  const socket = createPublicClient({ chain, transport: webSocket(wsUrl, { timeout: TIMEOUT_MS }) })
  await check('WebSocket: requests', async () => {
    requireEqual(await socket.getChainId(), chainId, 'chain id')
  })
  await check('WebSocket: new heads and logs are pushed', async note => {
    const address = needed(contract, 'deploy')
    let head = null
    let pushed = null
    let broken = null
    const onError = e => (broken = e)
    const stopHeads = socket.watchBlocks({ onBlock: block => (head ??= block), onError })
    const stopLogs = socket.watchContractEvent({ address, abi: tally.abi, onLogs: logs => (pushed ??= logs[0]), onError })
    // viem subscribes in the background: wait until the node has had the time to take both.
    await socket.getBlockNumber({ cacheTime: 0 })
    await new Promise(resolve => setTimeout(resolve, 200))
    const hash = await wallet.writeContract({ address, abi: tally.abi, functionName: 'add', args: [1n] })
    await eventually('head and log over the WebSocket', () => {
      if (broken !== null) throw broken
      return head !== null && pushed !== null ? true : null
    })
    stopHeads()
    stopLogs()
    requireEqual(pushed.transactionHash, hash, 'transaction of the log')
    note(`head ${head.number}`)
  })
}

finish()

/** The error that a simulated call ends with, as viem decodes it. */
async function refusal(call) {
  const address = needed(contract, 'deploy')
  try {
    await client.simulateContract({ account, address, abi: tally.abi, ...call })
  } catch (e) {
    const error = e.walk?.(cause => cause.name === 'ContractFunctionRevertedError')
    require(error, `no revert reason in: ${e.shortMessage ?? e.message}`)
    return error
  }
  require(false, 'the call did not revert')
}
