// SPDX-License-Identifier: Apache-2.0
//
// node start.mjs [minimal|mainnet]
//
// The L1 of `journey.mjs A` by itself. Prints "l1 RPC_URL BEACON_URL" when it has a block and ends when its input does.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endAll } from '../lib/child.mjs'
import { rpc, sleep } from '../lib/rpc.mjs'
import { Pair } from './pair.mjs'

const SLOT_SECONDS = 2
const preset = process.argv[2] ?? 'minimal'
const folder = mkdtempSync(join(tmpdir(), 'lockstep-l1-'))
const ended = new Promise(resolve => process.stdin.on('end', resolve).resume())
let code = 0
try {
  const l1 = await Pair.start(SLOT_SECONDS, folder, { preset, validators: preset === 'mainnet' ? 64 : 16, warmUpEpochs: 0 })
  l1.live()
  while (Number(await rpc(l1.rpc, 'eth_blockNumber')) === 0) await sleep(100)
  process.stdout.write(`l1 ${l1.rpc} ${l1.beacon}\n`)
  await ended
} catch (e) {
  process.stdout.write(`${e.message}\n`)
  code = 1
}
await endAll()
rmSync(folder, { recursive: true, force: true })
process.exit(code)
