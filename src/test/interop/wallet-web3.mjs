// SPDX-License-Identifier: Apache-2.0
//
// What a program built on web3.js does with a chain: send, wait, logs, subscriptions, refusals.
//   node wallet-web3.mjs RPC_URL PRIVATE_KEY WS_URL
// The account needs about 1 ether; nothing else may send from it meanwhile.
import fs from 'node:fs'
import { Web3 } from 'web3'
import { check, eventually, finish, needed, require, requireEqual, TIMEOUT_MS, usage } from './lib/checks.mjs'

const [rpcUrl, privateKey, wsUrl] = process.argv.slice(2)
if (rpcUrl === undefined || privateKey === undefined || wsUrl === undefined) usage('node wallet-web3.mjs RPC_URL PRIVATE_KEY WS_URL')

const tally = JSON.parse(fs.readFileSync(new URL('./artefacts/Tally.json', import.meta.url), 'utf8'))
const web3 = new Web3(rpcUrl)
const account = web3.eth.accounts.wallet.add(privateKey)[0]
web3.eth.transactionPollingInterval = 100
web3.eth.transactionPollingTimeout = TIMEOUT_MS
web3.eth.transactionConfirmationBlocks = 1
const fresh = () => web3.eth.accounts.create().address
const send = tx => web3.eth.sendTransaction({ from: account.address, gas: 200000, ...tx })
/** The words of the node, wherever web3 has put them. */
const refusal = async attempt => {
  try {
    await attempt()
  } catch (e) {
    return [e.message, e.cause?.message, e.innerError?.message, e.error?.message, e.data?.message].filter(Boolean).join(' | ')
  }
  require(false, 'it was accepted')
}

const chainId = await check('chain id', async note => {
  const id = await web3.eth.getChainId()
  requireEqual(await web3.eth.net.getId(), id, 'net_version')
  note(id)
  return id
})
if (chainId === undefined) finish()

await check('sendTransaction and its receipt', async note => {
  const to = fresh()
  const receipt = await send({ to, value: 5n, gas: 21000 })
  requireEqual(receipt.status, 1n, 'status')
  requireEqual(receipt.gasUsed, 21000n, 'gasUsed')
  requireEqual(await web3.eth.getBalance(to), 5n, 'balance of the receiver')
  const tx = await web3.eth.getTransaction(receipt.transactionHash)
  requireEqual(tx.value, 5n, 'value')
  note(`block ${receipt.blockNumber}`)
})

const contract = await check('deploy a contract, call it and write to it', async note => {
  const deployed = await new web3.eth.Contract(tally.abi)
    .deploy({ data: tally.bytecode, arguments: [7n] })
    .send({ from: account.address, gas: '1000000' })
  requireEqual(await deployed.methods.total().call(), 7n, 'total')
  const receipt = await deployed.methods.add(35n).send({ from: account.address, gas: '200000' })
  requireEqual(receipt.events.Added.returnValues.total, 42n, 'total in the event')
  note(deployed.options.address)
  return deployed
})

await check('getPastEvents finds it', async () => {
  const deployed = needed(contract, 'deploy')
  const events = await eventually('the event', async () => {
    const found = await deployed.getPastEvents('Added', { filter: { by: account.address }, fromBlock: 0 })
    return found.length > 0 ? found : null
  })
  requireEqual(events[0].returnValues.amount, 35n, 'amount')
})

await check('estimateGas and fee data', async note => {
  const gas = await needed(contract, 'deploy').methods.add(3n).estimateGas({ from: account.address })
  require(gas > 21000n && gas < 200000n, `estimated ${gas}`)
  const fees = await web3.eth.calculateFeeData()
  require(fees.maxFeePerGas > 0n, 'no fee')
  note(`${gas} gas`)
})

await check('a revert reason is decoded', async note => {
  const words = await refusal(() => needed(contract, 'deploy').methods.add(0n).call({ from: account.address }))
  require(words.includes('nothing to add'), words)
  note('nothing to add')
})

await check('a nonce that is used is refused', async note => {
  const signed = await account.signTransaction({ to: fresh(), value: 1n, gas: 21000n, gasPrice: 10_000_000_000n, nonce: 0n, chainId })
  const words = await refusal(() => web3.eth.sendSignedTransaction(signed.rawTransaction))
  require(/nonce too low/.test(words), words)
  note(words.slice(0, 60))
})

await check('WebSocket: heads, waiting transactions and logs are pushed', async note => {
  const socket = new Web3(wsUrl)
  const address = needed(contract, 'deploy').options.address
  let head = null
  const waiting = new Set()
  let log = null
  const heads = await socket.eth.subscribe('newBlockHeaders')
  heads.on('data', header => (head = header.number))
  const hashes = await socket.eth.subscribe('pendingTransactions')
  hashes.on('data', hash => waiting.add(hash))
  const logs = await socket.eth.subscribe('logs', { address })
  logs.on('data', entry => (log = entry.transactionHash))
  const receipt = await needed(contract, 'deploy').methods.add(1n).send({ from: account.address, gas: '200000' })
  await eventually('head, hash and log', () => (head !== null && waiting.has(receipt.transactionHash) && log === receipt.transactionHash ? true : null))
  await Promise.all([heads.unsubscribe(), hashes.unsubscribe(), logs.unsubscribe()])
  note(`head ${head}`)
  socket.currentProvider.disconnect()
})

finish()
