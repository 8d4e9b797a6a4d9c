// SPDX-License-Identifier: Apache-2.0
//
// A real execution client (EthereumJS, Prague) under a consensus node on Lodestar's packages (Fulu).

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child } from '../lib/child.mjs'
import { freePorts } from '../lib/ports.mjs'
import { get, rpc, sleep } from '../lib/rpc.mjs'

const here = name => fileURLToPath(new URL(name, import.meta.url))
const CLIENT = here('node_modules/@ethereumjs/client/dist/esm/bin/cli.js')

/** First accounts of the well-known test mnemonic. */
const FUNDED = ['f39Fd6e51aad88F6F4ce6aB8827279cffFb92266', '70997970C51812dc3A010C7d01b50e0d17dc79C8']

/** EIP-4788, as on mainnet. */
const BEACON_ROOTS = {
  '000F3df6D732807Ef1319fB7B8bB8522d0Beac02': {
    balance: '0x0',
    nonce: '0x1',
    code: '0x3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560495762001fff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff42064281555f359062001fff015500',
  },
}

function genesis(chainId) {
  const blocks = ['homestead', 'eip150', 'eip155', 'eip158', 'byzantium', 'constantinople', 'petersburg', 'istanbul', 'berlin', 'london', 'mergeFork', 'mergeNetsplit']
  return {
    config: {
      chainId,
      ...Object.fromEntries(blocks.map(name => [`${name}Block`, 0])),
      terminalTotalDifficulty: 0,
      terminalTotalDifficultyPassed: true,
      shanghaiTime: 0,
      cancunTime: 0,
      pragueTime: 0,
      blobSchedule: {
        cancun: { target: 3, max: 6, baseFeeUpdateFraction: 3338477 },
        prague: { target: 6, max: 9, baseFeeUpdateFraction: 5007716 },
      },
      depositContractAddress: '0x00000000219ab540356cBB839Cbe05303d7705Fa',
    },
    nonce: '0x0',
    timestamp: '0x0',
    extraData: '0x',
    gasLimit: '0x3938700',
    difficulty: '0x0',
    mixHash: `0x${'00'.repeat(32)}`,
    coinbase: `0x${'00'.repeat(20)}`,
    baseFeePerGas: '0x3b9aca00',
    alloc: { ...Object.fromEntries(FUNDED.map(a => [a, { balance: '0xd3c21bcecceda1000000' }])), ...BEACON_ROOTS },
  }
}

export class Pair {
  name = "EthereumJS under Lodestar's state transition"
  wrapperVersion = 0
  chainId = 32382

  static missing() {
    return existsSync(CLIENT) ? undefined : 'no EthereumJS client'
  }

  static async start(slotSeconds, folder, { preset = 'minimal', validators = 16, owners = [], warmUpEpochs = 6 } = {}) {
    const l1 = new Pair()
    l1.slotSeconds = slotSeconds
    const [port, engine, p2p] = await freePorts(3)
    const data = join(folder, 'el')
    mkdirSync(data, { recursive: true })
    const jwt = join(folder, 'jwt.hex')
    writeFileSync(jwt, randomBytes(32).toString('hex'), { mode: 0o600 })
    const genesisFile = join(folder, 'genesis.json')
    writeFileSync(genesisFile, JSON.stringify(genesis(l1.chainId)))
    l1.execution = new Child(
      'EthereumJS',
      process.execPath,
      [
        ...['--import', here('el-preload.mjs'), CLIENT, '--gethGenesis', genesisFile, '--dataDir', data],
        ...['--rpc', '--rpcAddr', '127.0.0.1', '--rpcPort', port, '--rpcEngine', '--rpcEngineAddr', '127.0.0.1'],
        ...['--rpcEnginePort', engine, '--jwtSecret', jwt, '--isSingleNode', '--saveReceipts', '--discV4=false'],
        ...['--discDns=false', '--extIP', '127.0.0.1', '--port', p2p, '--logFile=false', '--logLevel', 'warn'],
      ].map(String),
      // It writes files of its own into its working folder.
      { log: join(folder, 'el.log'), cwd: folder },
    )
    l1.rpc = `http://127.0.0.1:${port}`
    await l1.#answers()
    l1.consensus = new Child(
      'consensus',
      process.execPath,
      [
        ...[here('consensus/main.mjs'), '--engine', `http://127.0.0.1:${engine}`, '--jwt', jwt],
        ...['--slot-seconds', slotSeconds, '--validators', validators, '--warm-up-epochs', warmUpEpochs],
        ...(owners.length > 0 ? ['--owners', owners.join()] : []),
      ].map(String),
      { log: join(folder, 'cl.log'), env: { LODESTAR_PRESET: preset } },
    )
    ;[, l1.beacon] = await l1.consensus.line(/listening on (\S+)/, 30_000)
    return l1
  }

  async #answers() {
    for (let i = 0; i < 200; i++) {
      try {
        await rpc(this.rpc, 'eth_blockNumber')
        return
      } catch (e) {
        if (i === 199) throw new Error(`EthereumJS does not answer: ${e.message}\n${this.execution.tail()}`)
        await sleep(100)
      }
    }
  }

  #order(name, n = 1) {
    return get(`${this.beacon}/interop/${name}?n=${n}`, { method: 'POST' })
  }

  async mine() {
    await this.#order('mine')
  }

  live() {
    this.running = this.#order('live')
  }

  skip(slots) {
    return this.#order('skip', slots)
  }

  reorg(depth) {
    return this.#order('reorg', depth)
  }

  async end() {
    await this.consensus.end(3_000)
    await this.execution.end(5_000)
  }
}
