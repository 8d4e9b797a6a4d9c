// SPDX-License-Identifier: Apache-2.0
//
// node beacon.mjs
//
// The beacon client against a consensus client and a validator that nobody here wrote: Lodestar 1.5.1 over EthereumJS, at Capella,
// so without blobs. By hand only. Two operators deploy, read duties, take their turns and sequence; nothing can be posted.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child, endAll } from '../lib/child.mjs'
import { freePorts } from '../lib/ports.mjs'
import { get, rpc, sleep } from '../lib/rpc.mjs'

const here = name => fileURLToPath(new URL(name, import.meta.url))
const LODESTAR = here('node_modules/@chainsafe/lodestar/lib/index.js')
const CLIENT = here('../l1/node_modules/@ethereumjs/client/dist/esm/bin/cli.js')
const LOCKSTEP = here('../../../../lockstep')
const SLOT_SECONDS = 2
const VALIDATORS = 8
const FUNDED = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const GENESIS = {
  config: {
    chainId: 32382,
    ...Object.fromEntries(
      ['homestead', 'eip150', 'eip155', 'eip158', 'byzantium', 'constantinople', 'petersburg', 'istanbul', 'berlin', 'london', 'mergeFork', 'mergeNetsplit'].map(
        name => [`${name}Block`, 0],
      ),
    ),
    terminalTotalDifficulty: 0,
    terminalTotalDifficultyPassed: true,
    shanghaiTime: 0,
  },
  nonce: '0x0',
  timestamp: '0x0',
  extraData: '0x',
  gasLimit: '0x3938700',
  difficulty: '0x1',
  mixHash: `0x${'00'.repeat(32)}`,
  coinbase: `0x${'00'.repeat(20)}`,
  baseFeePerGas: '0x3b9aca00',
  alloc: { [FUNDED.slice(2)]: { balance: '0xd3c21bcecceda1000000' } },
}

for (const [file, folder] of [[LODESTAR, 'capella'], [CLIENT, 'l1']]) {
  if (!existsSync(file)) {
    process.stdout.write(`B skipped: src/test/interop/${folder} is not installed, see src/test/interop/README.md\n`)
    process.exit(3)
  }
}

const started = Date.now()
const seconds = () => ((Date.now() - started) / 1000).toFixed(1)
const passed = []
let current = 'start of the L1'
const folder = mkdtempSync(join(tmpdir(), 'lockstep-interop-B-'))

async function step(name, run) {
  current = name
  const detail = await run()
  passed.push(name)
  process.stdout.write(`${seconds().padStart(6)} ok   ${name}${detail ? ` (${detail})` : ''}\n`)
}

async function until(what, timeoutMs, ask) {
  const deadline = Date.now() + timeoutMs
  let last = 'no answer'
  while (Date.now() < deadline) {
    try {
      const answer = await ask()
      if (answer) return answer
    } catch (e) {
      last = e.message
    }
    await sleep(200)
  }
  throw new Error(`${what}: not within ${timeoutMs / 1000} s (${last})`)
}

async function run() {
  const [rpcPort, engine, elP2p, rest, clP2p, discovery, base] = await freePorts(7)
  mkdirSync(join(folder, 'el'))
  writeFileSync(join(folder, 'jwt.hex'), randomBytes(32).toString('hex'), { mode: 0o600 })
  writeFileSync(join(folder, 'genesis.json'), JSON.stringify(GENESIS))
  const execution = new Child(
    'EthereumJS',
    process.execPath,
    [
      ...[CLIENT, '--gethGenesis', 'genesis.json', '--dataDir', 'el', '--rpc', '--rpcAddr', '127.0.0.1', '--rpcPort', rpcPort],
      ...['--rpcEngine', '--rpcEngineAddr', '127.0.0.1', '--rpcEnginePort', engine, '--jwtSecret', 'jwt.hex', '--isSingleNode'],
      ...['--saveReceipts', '--discV4=false', '--discDns=false', '--extIP', '127.0.0.1', '--port', elP2p, '--logLevel', 'warn'],
    ].map(String),
    { log: join(folder, 'el.log'), cwd: folder },
  )
  const l1 = `http://127.0.0.1:${rpcPort}`
  const { hash } = await until('the execution client', 20_000, () => rpc(l1, 'eth_getBlockByNumber', '0x0', false))
  const lodestar = new Child(
    'Lodestar',
    process.execPath,
    [
      ...['--require', here('polyfill.cjs'), LODESTAR, 'dev', '--reset', '--dataDir', join(folder, 'cl')],
      ...['--genesisValidators', VALIDATORS, '--startValidators', `0..${VALIDATORS - 1}`],
      ...['--genesisTime', Math.floor(Date.now() / 1000) + 8, '--genesisEth1Hash', hash],
      ...['ALTAIR', 'BELLATRIX', 'CAPELLA'].flatMap(fork => [`--params.${fork}_FORK_EPOCH`, 0]),
      ...['--params.TERMINAL_TOTAL_DIFFICULTY', 0, '--params.SECONDS_PER_SLOT', SLOT_SECONDS],
      ...['--params.DEPOSIT_CHAIN_ID', GENESIS.config.chainId, '--params.DEPOSIT_NETWORK_ID', GENESIS.config.chainId],
      ...['--eth1', 'true', '--eth1.providerUrls', l1, '--execution.urls', `http://127.0.0.1:${engine}`, '--jwt-secret', join(folder, 'jwt.hex')],
      ...['--rest', '--rest.address', '127.0.0.1', '--rest.port', rest, '--rest.namespace', '*', '--beaconNodes', `http://127.0.0.1:${rest}`],
      ...['--port', clP2p, '--discoveryPort', discovery, '--mdns', 'false', '--network.connectToDiscv5Bootnodes', 'false'],
      ...['--sync.isSingleNode', 'true', '--network.allowPublishToZeroPeers', 'true', '--suggestedFeeRecipient', FUNDED],
    ].map(String),
    { log: join(folder, 'cl.log'), cwd: folder, env: { LODESTAR_PRESET: 'minimal' } },
  )
  const beacon = `http://127.0.0.1:${rest}`
  await step('blocks made', async () => {
    await until('block 1', 40_000, async () => Number(await rpc(l1, 'eth_blockNumber')) > 0)
    return (await get(`${beacon}/eth/v1/node/version`)).data.version
  })

  const devnet = new Child(
    'devnet',
    LOCKSTEP,
    ['devnet', '--operators', 2, '--followers', 0, '--data-dir', join(folder, 'net'), '--rpc-port', base, '--l1-rpc', l1, '--l1-beacon', beacon].map(String),
    { log: join(folder, 'devnet.log') },
  )
  const node = `http://127.0.0.1:${base}`
  await step('contracts deployed', async () => {
    const file = join(folder, 'net', 'devnet.json')
    await Promise.race([until('devnet.json', 60_000, () => existsSync(file)), devnet.ended.then(how => Promise.reject(new Error(`${how}\n${devnet.tail()}`)))])
    return Object.values(JSON.parse(readFileSync(file, 'utf8')).contracts).join(' and ')
  })
  await step('an operator sequences', () => devnet.line(/^ready.*/, 150_000).then(([line]) => line.slice(0, 18)))

  await step('duties read', async () =>
    until('the schedule of an epoch', 30_000, async () => {
      const schedule = await rpc(node, 'preconf_schedule')
      const epoch = Number(schedule.epoch)
      const { data } = await get(`${beacon}/eth/v1/validator/duties/proposer/${epoch}`)
      const owners = new Map()
      for (const duty of data) {
        const slot = schedule.slots.find(s => Number(s.slot) === Number(duty.slot))
        if (!slot?.operator) return false
        const owner = Number(duty.validator_index) % 2
        if ((owners.get(owner) ?? slot.operator) !== slot.operator) throw new Error(`slot ${duty.slot} is not its validator's`)
        owners.set(owner, slot.operator)
      }
      return `epoch ${epoch}, ${data.length} slots`
    }),
  )

  await step('finality seen', async () =>
    until('a finalized block', 60_000, async () => {
      const { data } = await get(`${beacon}/eth/v1/beacon/states/head/finality_checkpoints`)
      const block = await rpc(l1, 'eth_getBlockByNumber', 'finalized', false).catch(() => null)
      return Number(data.finalized.epoch) >= 2 && block && `epoch ${data.finalized.epoch}, block ${Number(block.number)}`
    }),
  )

  await step('heads followed', async () => {
    const status = await rpc(node, 'preconf_status')
    if (status.state === 'SYNCING' || Number(status.promiseMismatches) !== 0) throw new Error(JSON.stringify(status))
    const log = readFileSync(join(folder, 'devnet.log'), 'utf8')
    const cut = log.split('\n').filter(line => /event stream|L1 is away/i.test(line)).length
    return `node is ${status.state}, ${cut} lines about a cut stream or an L1 that is away`
  })

  await devnet.end()
  // This release closes its ports and stays: SIGKILL after the grace.
  await lodestar.end(3_000)
  await execution.end(5_000)
}

let code = 0
let closing
try {
  await run()
  closing = `B passed in ${seconds()} s: ${passed.join(', ')}`
  rmSync(folder, { recursive: true, force: true })
} catch (e) {
  code = 1
  process.stdout.write(`${seconds().padStart(6)} FAIL ${current}: ${e.message}\n`)
  closing = `B failed at "${current}" after ${seconds()} s; logs in ${folder}`
}
await endAll()
process.stdout.write(`${closing}\n`)
process.exit(code)
