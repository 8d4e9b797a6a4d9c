// SPDX-License-Identifier: Apache-2.0
//
// node main.mjs --engine URL --jwt FILE [--slot-seconds 2] [--validators 16] [--owners ADDRESS,…] [--warm-up-epochs 6]
//
// A consensus node for tests over a real execution client: rules, types, signatures and the beacon API are Lodestar's published
// packages; block making, a block tree whose newest block is the head, and levers are here. Its genesis lies in the past: until
// POST /interop/live a slot comes with POST /interop/mine, then the rest of the past is made at once and the clock drives it.
// POST /interop/skip?n=3 leaves slots empty, POST /interop/reorg?n=2 lets the next block stand on the head's second ancestor.

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import * as params from '@lodestar/params'
import { interopSecretKeys } from '@lodestar/state-transition'
import { serve } from './api.mjs'
import { Chain } from './chain.mjs'
import { Engine, genesisPayload } from './engine.mjs'
import { chainConfig, genesisState } from './genesis.mjs'

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    jwt: { type: 'string' },
    port: { type: 'string', default: '0' },
    owners: { type: 'string', default: '0x00000000000000000000000000000000000000fe' },
    'slot-seconds': { type: 'string', default: '2' },
    validators: { type: 'string', default: '16' },
    'warm-up-epochs': { type: 'string', default: '6' },
  },
})
const slotSeconds = Number(values['slot-seconds'])
const say = text => process.stdout.write(`${new Date().toISOString().slice(11, 23)} ${text}\n`)

const engine = new Engine(values.engine, readFileSync(values.jwt, 'utf8'))
const keys = interopSecretKeys(Number(values.validators))
const settings = chainConfig(slotSeconds, keys.length, Number(await engine.call('eth_chainId')))
const warmUpSlots = Number(values['warm-up-epochs']) * params.SLOTS_PER_EPOCH
const genesisTime = Math.floor(Date.now() / 1000) - warmUpSlots * slotSeconds
const execution = genesisPayload(await engine.call('eth_getBlockByNumber', '0x0', false))
const genesis = await genesisState(settings, keys, values.owners.split(','), execution, genesisTime)
const chain = new Chain({ engine, keys, genesisTime, slotSeconds, ...genesis })

let last = 0 // the last slot that had its turn
let live = false
let wake = () => {}
let chained = Promise.resolve()
const orders = { skip: 0, reorg: 0 }

/** One at a time. */
function turn(slot) {
  chained = chained.then(async () => {
    if (slot <= last) return
    last = slot
    if (orders.skip > 0) {
      orders.skip--
      say(`slot ${slot} skipped`)
      return
    }
    const depth = orders.reorg
    orders.reorg = 0
    const t0 = Date.now()
    try {
      const block = await chain.advance(slot, depth)
      const { executionPayload } = block.signed.message.body
      say(
        `slot ${slot}${depth > 0 ? ` reorg ${depth}` : ''} block ${executionPayload.blockNumber} transactions ` +
          `${executionPayload.transactions.length} blobs ${block.blobs.length} final ${chain.finalizedEpoch} ${Date.now() - t0} ms`,
      )
    } catch (e) {
      say(`slot ${slot} failed: ${e.stack}`)
    }
  })
  return chained
}

const status = () => ({ head: chain.head.slot, slot: last, live })
const levers = {
  mine: async () => {
    if (!live) await turn(last + 1)
    return status()
  },
  live: () => {
    live = true
    wake()
    return status()
  },
  skip: n => {
    orders.skip = Math.min(64, n)
    return status()
  },
  reorg: n => {
    orders.reorg = Math.min(32, n)
    return status()
  },
}
const server = await serve(chain, settings, Number(values.port), levers)
say(`listening on http://127.0.0.1:${server.server.address().port} preset ${params.ACTIVE_PRESET} genesis ${genesisTime}`)

async function stop() {
  setTimeout(() => process.exit(0), 1000).unref()
  await server.close()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

await new Promise(resolve => (wake = resolve))
for (;;) {
  const slot = last + 1
  const waitMs = chain.startMs(slot) - Date.now()
  if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs))
  // A slot that is over when its turn comes is missed; those of the warm-up are not.
  if (slot > warmUpSlots + params.SLOTS_PER_EPOCH * 2 && chain.slotNow() > slot) last = slot
  else await turn(slot)
}
