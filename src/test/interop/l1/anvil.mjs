// SPDX-License-Identifier: Apache-2.0
//
// anvil as an L1's execution client, its blocks made slot by slot from here: at the slot's time, none in a skipped slot, and on an
// older block for a reorg. (anvil_reorg gives its blocks their parent's time, which no L1 does; anvil_rollback leaves it to us.)

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Child } from '../lib/child.mjs'
import { rpc, sleep } from '../lib/rpc.mjs'

const SLOTS_PER_EPOCH = 8
const WARM_UP_EPOCHS = 6

export function anvilProgram() {
  const os = process.platform
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64'
  return fileURLToPath(new URL(`../node_modules/@foundry-rs/anvil-${os}-${arch}/bin/anvil`, import.meta.url))
}

export class Anvil {
  name = 'anvil, Osaka'
  wrapperVersion = 1
  chainId = 900
  #skip = 0
  #reorg = 0
  #stopped = false

  static missing() {
    return existsSync(anvilProgram()) ? undefined : 'no anvil for this machine'
  }

  static async start(slotSeconds, log) {
    const l1 = new Anvil()
    l1.slotSeconds = slotSeconds
    l1.warmUpSlots = WARM_UP_EPOCHS * SLOTS_PER_EPOCH
    l1.genesisTime = Math.floor(Date.now() / 1000) - l1.warmUpSlots * slotSeconds
    l1.child = new Child(
      'anvil',
      anvilProgram(),
      `--hardfork osaka --no-mining --timestamp ${l1.genesisTime} --chain-id ${l1.chainId} --slots-in-an-epoch ${SLOTS_PER_EPOCH} --host 127.0.0.1 --port 0`.split(' '),
      { log },
    )
    const [, port] = await l1.child.line(/^Listening on 127\.0\.0\.1:(\d+)/, 20_000)
    l1.rpc = `http://127.0.0.1:${port}`
    l1.slot = 0
    return l1
  }

  /** The next slot has its turn now; for the warm-up. */
  async mine() {
    const slot = ++this.slot
    if (this.#skip > 0) {
      this.#skip--
      return
    }
    if (this.#reorg > 0) {
      await rpc(this.rpc, 'anvil_rollback', this.#reorg)
      this.#reorg = 0
    }
    await rpc(this.rpc, 'evm_setNextBlockTimestamp', this.genesisTime + slot * this.slotSeconds)
    await rpc(this.rpc, 'evm_mine')
  }

  /** Makes the rest of the past, then one slot after another by the clock. */
  live() {
    this.running = (async () => {
      while (!this.#stopped) {
        const waitMs = (this.genesisTime + (this.slot + 1) * this.slotSeconds) * 1000 - Date.now()
        if (waitMs > 0) await sleep(Math.min(waitMs, 200))
        else await this.mine()
      }
    })()
    this.running.catch(e => process.stderr.write(`anvil: ${e.message}\n`))
  }

  async skip(slots) {
    this.#skip = slots
  }

  async reorg(depth) {
    this.#reorg = depth
  }

  async end() {
    this.#stopped = true
    await this.running?.catch(() => {})
    await this.child.end()
  }
}
