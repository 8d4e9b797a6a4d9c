// SPDX-License-Identifier: Apache-2.0
//
// node journey.mjs A|C [no-proofs]
//
// Operators of a devnet against an L1 that is not ours, from the contracts' deployment to a follower that knows only that L1:
//   A  the EthereumJS client under a consensus node on Lodestar's packages
//   C  anvil of Osaka rules, the beacon side kept by `lockstep devnet`
// Prints one line per check and ends with one line that says what passed. Exit code 1 when a check failed, 3 when the parts of
// the L1 are not installed.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createPublicClient, hexToNumber, http, keccak256, parseAbi, parseGwei, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { Anvil } from './l1/anvil.mjs'
import { Listening } from './l1/listening.mjs'
import { Pair } from './l1/pair.mjs'
import { Child, endAll } from './lib/child.mjs'
import { freePorts } from './lib/ports.mjs'
import { get, rpc, sleep } from './lib/rpc.mjs'

const LOCKSTEP = fileURLToPath(new URL('../../../lockstep', import.meta.url))
const SLOT_SECONDS = 2
const SLOTS_PER_EPOCH = 8
const OPERATORS = 2
const QUIET_MS = 300
const DEPLOYED_AFTER_MS = 5_000
const BATCH_PROPOSED = parseAbi([
  'event BatchProposed(uint64 indexed batchIndex, uint32 indexed operatorId, uint64 windowSlot, bytes32 batchHash, bytes32 declaredHead, bytes32[] blobHashes, address[] committers)',
])
const PROOFS = parseAbi([
  'event ValidatorsAdded(uint32 indexed operatorId, uint64 fromEpoch, uint64[] indices)',
  'event LookaheadSynced(uint64 indexed epoch, uint32 fallbackOperatorId, uint256[] packedOperators)',
  'function windowOf(uint64 slot) view returns (uint64 windowSlot, uint32 operatorId, bool isFallback)',
])
const BLOB_BYTES = 131_072

const which = process.argv[2]
const Kind = { A: Pair, C: Anvil }[which]
if (!Kind) {
  process.stderr.write('usage: node journey.mjs A|C\n')
  process.exit(2)
}
const missing = Kind.missing()
if (missing) {
  process.stdout.write(`${which} skipped: ${missing}, see src/test/interop/README.md\n`)
  process.exit(3)
}

const started = Date.now()
const seconds = () => ((Date.now() - started) / 1000).toFixed(1)
const folder = mkdtempSync(join(tmpdir(), `lockstep-interop-${which}-`))
const passed = []
let current = 'start of the L1'

function note(text) {
  process.stdout.write(`${seconds().padStart(6)} ${text}\n`)
}

async function step(name, run) {
  current = name
  const detail = await run()
  passed.push(name)
  note(`ok   ${name}${detail ? ` (${detail})` : ''}`)
}

function demand(condition, message) {
  if (!condition) throw new Error(message)
}

/** Asks again until the answer is there; an ask that throws is one without an answer. */
async function until(what, timeoutMs, ask) {
  const deadline = Date.now() + timeoutMs
  let last = 'no answer'
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== null && answer !== false) return answer
    } catch (e) {
      last = e.message
    }
    demand(Date.now() < deadline, `${what}: not within ${timeoutMs / 1000} s (${last})`)
    await sleep(150)
  }
}

/** The withdrawal addresses of a devnet's operators, whose keys everybody knows. */
function owners() {
  return Array.from({ length: OPERATORS }, (_, i) =>
    privateKeyToAccount(keccak256(stringToHex(`lockstep devnet operator ${i} owner`))).address.toLowerCase())
}

/** A slot as soon as a transaction waits, so that registrations lie in the first epochs; then live. */
async function warmUp(l1, proxy, devnet) {
  let mined = 0
  for (;;) {
    const quiet = Date.now() - proxy.lastSentAt
    const isNew = proxy.lastSentAt > mined
    if (isNew && quiet >= QUIET_MS) {
      mined = Date.now()
      await l1.mine()
    } else if (mined > 0 && !isNew && quiet > DEPLOYED_AFTER_MS) {
      l1.live()
      return
    }
    const over = await Promise.race([devnet.ended, sleep(20)])
    demand(over === undefined, `the devnet ended (${over}):\n${devnet.tail()}`)
  }
}

/** Transfers on L2, one after another, to the end; each must be answered with its receipt. */
class Users {
  receipts = []
  failures = []
  #stopped = false

  constructor(nodes, chainId, key) {
    this.nodes = nodes
    this.chainId = chainId
    this.account = privateKeyToAccount(key)
    this.running = this.#run()
  }

  async #run() {
    let nonce = hexToNumber(await rpc(this.nodes[0], 'eth_getTransactionCount', this.account.address, 'pending'))
    for (let i = 0; !this.#stopped; i++) {
      const raw = await this.account.signTransaction({
        chainId: this.chainId,
        type: 'eip1559',
        nonce,
        to: '0x00000000000000000000000000000000000000aa',
        value: 1n,
        gas: 21_000n,
        maxFeePerGas: parseGwei('100'),
        maxPriorityFeePerGas: parseGwei('1'),
      })
      try {
        const receipt = await rpc(this.nodes[i % this.nodes.length], 'eth_sendRawTransactionSync', raw)
        this.receipts.push({ hash: receipt.transactionHash, block: hexToNumber(receipt.blockNumber), at: Date.now() })
        nonce++
      } catch (e) {
        // Said again: the same bytes are the same transaction, waited for or answered.
        this.failures.push(e.message)
      }
      await sleep(150)
    }
  }

  /** Resolves when `count` more were answered. */
  async more(count, timeoutMs) {
    const before = this.receipts.length
    await until(`${count} more transactions on L2`, timeoutMs, () => this.receipts.length >= before + count)
  }

  async stop() {
    this.#stopped = true
    await this.running
  }
}

const status = node => rpc(node, 'preconf_status')

/** Our branches of the head, made from its state as SSZ, beside those of Lodestar's own trees. */
async function proofs(l1) {
  const bench = new Child('bench proofs', LOCKSTEP, ['bench', 'proofs', '--beacon', l1.beacon, '--rpc', l1.rpc, '--proven', '4', '--json'])
  const [line] = await bench.line(/^\{.*\}$/, 60_000)
  const how = await bench.ended
  demand(how === 'exit 0', `bench proofs: ${how}`)
  const ours = JSON.parse(line)
  demand(ours.onChain === true, `the contract of EIP-4788 does not have ${ours.blockRoot}`)
  const names = Object.keys(ours.branches)
  for (const name of names) {
    const path = name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
    const theirs = await get(`${l1.beacon}/interop/branch/${ours.blockRoot}?path=${path}`)
    const { leaf, siblings } = ours.branches[name]
    demand(theirs.leaf === leaf, `leaf of ${name}: ${leaf}, Lodestar has ${theirs.leaf}`)
    demand(theirs.branch.join() === siblings.join(), `branch of ${name} differs from Lodestar's`)
  }
  return `${names.length} branches of slot ${ours.slot} as Lodestar has them`
}

async function run() {
  const l1 = await (which === 'A' ? Pair.start(SLOT_SECONDS, folder, { owners: owners() }) : Anvil.start(SLOT_SECONDS, join(folder, 'anvil.log')))
  const proxy = await Listening.before(l1.rpc)
  note(`L1 is up: ${l1.name}, ${folder}`)
  const [port] = await freePorts(80)
  const devnet = new Child(
    'devnet',
    LOCKSTEP,
    [
      ...['devnet', '--operators', OPERATORS, '--followers', 1, '--data-dir', join(folder, 'net'), '--rpc-port', port],
      ...['--slot-seconds', SLOT_SECONDS, '--l1-rpc', proxy.url],
      ...(l1.beacon ? ['--l1-beacon', l1.beacon] : ['--l1-beacon-port', port + 61]),
    ].map(String),
    { log: join(folder, 'devnet.log'), env: { LOCKSTEP_DEVNET_PID: '' } },
  )
  const beacon = l1.beacon ?? `http://127.0.0.1:${port + 61}`
  let net
  let nodes
  let follower

  await step('contracts deployed', async () => {
    await warmUp(l1, proxy, devnet)
    await devnet.line(/^ready/, 100_000)
    net = JSON.parse(readFileSync(join(folder, 'net', 'devnet.json'), 'utf8'))
    nodes = net.nodes.map(node => node.rpc)
    const sizes = []
    for (const address of Object.values(net.contracts)) {
      const code = await rpc(l1.rpc, 'eth_getCode', address, 'latest')
      demand(code.length > 100, `no code at ${address}`)
      sizes.push(code.length / 2 - 1)
    }
    return `${Object.keys(net.contracts).join(', ')}, ${sizes.join(' and ')} bytes`
  })

  const client = createPublicClient({ transport: http(l1.rpc) })
  const inbox = net.contracts.ClusterInbox ?? net.contracts.clusterInbox
  const spec = (await get(`${beacon}/eth/v1/beacon/genesis`)).data
  const genesisTime = Number(spec.genesis_time)
  const batches = () => client.getLogs({ address: inbox, event: BATCH_PROPOSED[0], fromBlock: 0n })
  const users = new Users(nodes, net.rollups[0].chainId, net.accounts[1].privateKey)

  await step('duties read', async () => {
    const schedule = await rpc(nodes[0], 'preconf_schedule')
    const epoch = Number(schedule.epoch)
    const { data } = await get(`${beacon}/eth/v1/validator/duties/proposer/${epoch}`)
    const committers = new Map()
    for (const duty of data) {
      const slot = schedule.slots.find(s => Number(s.slot) === Number(duty.slot))
      demand(slot, `the schedule lacks slot ${duty.slot}`)
      const operator = Number(duty.validator_index) % OPERATORS
      demand(slot.operator, `slot ${duty.slot} has no operator`)
      if (committers.has(operator)) demand(committers.get(operator) === slot.operator, `slot ${duty.slot} is ${slot.operator}'s`)
      committers.set(operator, slot.operator)
    }
    demand(new Set(committers.values()).size === committers.size, 'two operators have one committer')
    return `epoch ${epoch}, ${committers.size} operators in ${data.length} slots`
  })

  let batch
  await step('batches posted', async () => {
    const found = await until('two batches on L1', 60_000, async () => {
      const logs = await batches()
      return logs.length >= 2 && logs
    })
    batch = found.at(-1)
    const tx = await client.getTransaction({ hash: batch.transactionHash })
    demand(tx.type === 'eip4844', `the batch came in a transaction of type ${tx.type}`)
    demand(batch.args.blobHashes.join() === tx.blobVersionedHashes.join(), 'the event names other blobs than the transaction')
    return `${found.length}, the last with ${tx.blobVersionedHashes.length} blob`
  })

  await step(`wrapper version ${l1.wrapperVersion} taken`, async () => {
    const blobs = proxy.sent.filter(sent => sent.version !== null)
    const taken = blobs.filter(sent => !sent.error)
    demand(taken.length > 0, 'no blob transaction was taken')
    demand(taken.every(sent => sent.version === l1.wrapperVersion), `versions taken: ${taken.map(sent => sent.version)}`)
    const refused = blobs.length - taken.length
    return `${taken.length} taken${refused > 0 ? `, ${refused} refused before` : ''}`
  })

  await step('blobs read back', async () => {
    const block = await client.getBlock({ blockNumber: batch.blockNumber })
    const slot = (Number(block.timestamp) - genesisTime) / SLOT_SECONDS
    const { data } = await until('the blobs', 10_000, () => get(`${beacon}/eth/v1/beacon/blobs/${slot}?versioned_hashes=${batch.args.blobHashes}`))
    demand(data.length === batch.args.blobHashes.length, `${data.length} blobs in slot ${slot}`)
    demand(data.every(blob => blob.length === 2 + 2 * BLOB_BYTES), 'a blob has another length')
    return `slot ${slot}`
  })

  await step('skipped slots survived', async () => {
    const head = async () => Number((await get(`${beacon}/eth/v1/node/syncing`)).data.head_slot)
    const before = await head()
    await l1.skip(3)
    await until('three slots without a block', 30_000, async () => {
      const now = await head()
      const present = await Promise.all(
        Array.from({ length: Math.max(0, now - before) }, (_, i) =>
          get(`${beacon}/eth/v1/beacon/headers/${before + 1 + i}`).then(() => 1, () => 0)),
      )
      return present.filter(there => there === 0).length >= 3
    })
    await users.more(5, 30_000)
  })

  /** The next block of L1 takes the place of its last `depth` ones. */
  const reorg = async depth => {
    const height = await client.getBlockNumber()
    const old = await client.getBlock({ blockNumber: height })
    const known = (await batches()).length
    await l1.reorg(depth)
    await until('another block in its place', 30_000, async () => {
      const there = await client.getBlock({ blockNumber: height })
      return there.hash !== old.hash
    })
    await until('a further batch', 60_000, async () => (await batches()).length > known)
    await users.more(5, 30_000)
    return `block ${height} replaced`
  }

  // Anchors are two slots old: a reorg of one block voids nothing.
  await step('reorg of one block survived, all receipts kept', async () => {
    const detail = await reorg(1)
    for (const { hash, block } of users.receipts) {
      const receipt = await rpc(nodes[0], 'eth_getTransactionReceipt', hash)
      demand(receipt && hexToNumber(receipt.blockNumber) === block, `transaction ${hash} is not in block ${block} as promised`)
    }
    return `${detail}, ${users.receipts.length} receipts`
  })

  await step('reorg of two blocks survived', () => reorg(2))

  await step('safe head goes on', async () => {
    const wanted = users.receipts.at(-1).block
    await until(`block ${wanted} derived`, 60_000, async () => Number((await status(nodes[0])).safe) >= wanted)
    for (const node of nodes) {
      const s = await status(node)
      demand(Number(s.promiseMismatches) === 0, `${node} has ${s.promiseMismatches} promises that were not kept`)
    }
    for (const { hash } of users.receipts) {
      demand(await rpc(nodes[0], 'eth_getTransactionReceipt', hash), `transaction ${hash} is gone`)
    }
    return `block ${wanted}, ${users.receipts.length} transactions all there, ${users.failures.length} tries without an answer`
  })

  await step('oracle holds what the beacon node says, batches are of its windows', async () => {
    const { OperatorRegistry: registry, LookaheadOracle: oracle } = net.contracts
    const all = (address, event) => client.getLogs({ address, event, fromBlock: 0n })
    const operatorOf = new Map()
    for (const { args } of await all(registry, PROOFS[0])) {
      for (const index of args.indices) operatorOf.set(Number(index), args.operatorId)
    }
    const synced = new Map()
    const { epoch, data } = await until('the schedule of the current epoch', 30_000, async () => {
      for (const { args } of await all(oracle, PROOFS[1])) synced.set(Number(args.epoch), args.packedOperators)
      const head = Number((await get(`${beacon}/eth/v1/beacon/headers/head`)).data.header.message.slot)
      const now = Math.floor(head / SLOTS_PER_EPOCH)
      return synced.has(now) && { epoch: now, ...(await get(`${beacon}/eth/v1/validator/duties/proposer/${now}`)) }
    })
    for (const { slot, validator_index } of data) {
      const place = Number(slot) % SLOTS_PER_EPOCH
      const stored = Number((synced.get(epoch)[Math.floor(place / 8)] >> BigInt(32 * (place % 8))) & 0xffffffffn)
      demand(operatorOf.get(Number(validator_index)) === stored, `slot ${slot} is validator ${validator_index}'s, stored for ${stored}`)
    }
    const posted = await batches()
    for (const { args } of posted) {
      const [windowSlot, operatorId] = await client.readContract({
        address: oracle, abi: PROOFS, functionName: 'windowOf', args: [args.windowSlot],
      })
      demand(windowSlot === args.windowSlot && operatorId === args.operatorId, `batch ${args.batchIndex} is not of its window`)
    }
    return `${operatorOf.size} validators proven, ${synced.size} epochs synced, ${posted.length} batches`
  })

  await step(`a follower derives from ${which} alone`, async () => {
    const target = Number((await status(nodes[0])).safe)
    follower = new Child(
      'follower',
      LOCKSTEP,
      [
        ...['node', '--cluster', net.cluster, '--l1-rpc', l1.rpc, '--l1-beacon', beacon],
        ...['--data-dir', join(folder, 'alone'), '--rpc-port', port + 70],
      ].map(String),
      { log: join(folder, 'follower.log') },
    )
    const alone = `http://127.0.0.1:${port + 70}`
    await until(`block ${target} derived`, 60_000, async () => Number((await status(alone)).safe) >= target)
    const [mine, theirs] = await Promise.all([alone, nodes[0]].map(node => rpc(node, 'eth_getBlockByNumber', `0x${target.toString(16)}`, false)))
    demand(mine.hash === theirs.hash, `block ${target} is ${mine.hash}, the operators have ${theirs.hash}`)
    return `block ${target} ${mine.hash.slice(0, 10)}…`
  })

  if (which === 'A' && process.argv[3] !== 'no-proofs') {
    await step('proofs fold to the root that EIP-4788 keeps', () => proofs(l1))
    const mainnet = join(folder, 'mainnet')
    mkdirSync(mainnet)
    const other = await Pair.start(SLOT_SECONDS, mainnet, { preset: 'mainnet', validators: 64, warmUpEpochs: 0 })
    other.live()
    await until('a block', 20_000, async () => Number(await rpc(other.rpc, 'eth_blockNumber')) > 0)
    await step('proofs with the mainnet preset', () => proofs(other))
    await other.end()
  }

  await users.stop()
  await follower.end()
  await devnet.end()
  await l1.end()
  proxy.close()
}

let code = 0
let closing
try {
  await run()
  closing = `${which} passed in ${seconds()} s: ${passed.join(', ')}`
  rmSync(folder, { recursive: true, force: true })
} catch (e) {
  code = 1
  note(`FAIL ${current}: ${e.message}`)
  closing = `${which} failed at "${current}" after ${seconds()} s; logs in ${folder}`
}
await endAll()
process.stdout.write(`${closing}\n`)
process.exit(code)
