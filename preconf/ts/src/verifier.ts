// SPDX-License-Identifier: Apache-2.0
import type { Hex } from 'viem'
import type { BlockSource } from './blocks.js'
import { disagreement } from './check.js'
import { FALLBACK, FormatError, L1COND, PROVISIONAL } from './commitment.js'
import type { Cluster, Committer, L1Access, Posting } from './l1.js'
import { Descent, type Posted, difference } from './posted.js'
import { type Held, type HeldPromise, type Inclusion, type Placed, type StateLock, readHeld } from './promise.js'

/** Why nothing stands behind a genuine commitment. */
export type Doubt =
  | 'FROZEN'
  | 'NO_STAKE'
  /** its anchor is no longer canonical (protocol §2.7.2) */
  | 'ANCHOR_GONE'
  /** there is no such window, or its tick lies in another */
  | 'WRONG_WINDOW'
  /** the window, or the key in it, is another's (protocol §1.3.4) */
  | 'NOT_THE_OWNER'
  /** its signer stands for more than it has locked (protocol §6.2) */
  | 'OVEREXPOSED'
  /** it says of itself that it does not bind (protocol §1.4.3) */
  | 'PROVISIONAL'
  /** it says of itself that it holds only if an L1 transaction of its tick lands */
  | 'CONDITIONAL'
  /** an open block landed in its window, which voids it (protocol §2.3) */
  | 'OPEN_BLOCK'
  /** the oracle does not know, not yet or no longer, whose window it is */
  | 'WINDOW_UNKNOWN'
  /** this L1 has not got to its anchor */
  | 'ANCHOR_UNKNOWN'

/** Shows that something held was broken, to whoever fetches the batch's call data from L1. */
export interface Evidence {
  held: Held
  posting: Posting
  posted: Posted
  difference: string
}

/** What a check found; `detail` is for people. */
export type Verdict =
  /** It proves nothing: its parts do not belong together, or nobody with a stake signed it. */
  | { verdict: 'Forged'; detail: string }
  /** A registered committer signed all of it, but nothing stands behind it. */
  | { verdict: 'Genuine'; doubt: Doubt; detail: string }
  /** Signed by the committer of its window, final, and under an anchor that stands. */
  | { verdict: 'Backed'; operatorId: number; stakeWei: bigint; detail: string }
  /** Nothing that L1 has settles it. */
  | { verdict: 'NotYet'; detail: string }
  /** What was promised is so; the block shows it. */
  | { verdict: 'Kept'; posting: Posting; blockHash: Hex; detail: string }
  /** It was backed, and what was posted is something else. */
  | { verdict: 'Broken'; evidence: Evidence; detail: string }
  /** What was posted could not be seen: the source lacks blocks, or shows others. */
  | { verdict: 'Unknown'; detail: string }

/** No chain gets so far: a tick or slot from here on lies in no window. */
const END_OF_TICKS = 1n << 48n

const LEFT_OPEN: readonly Doubt[] = ['PROVISIONAL', 'CONDITIONAL', 'OPEN_BLOCK', 'WINDOW_UNKNOWN', 'ANCHOR_UNKNOWN']

type Doubtful = Extract<Verdict, { verdict: 'Genuine' }>

const genuine = (doubt: Doubt, detail: string): Doubtful => ({ verdict: 'Genuine', doubt, detail })
const leavesOpen = (found: Doubtful): boolean => LEFT_OPEN.includes(found.doubt)
const reason = (e: unknown): string => (e instanceof Error ? e.message : String(e))

/**
 * Checks commitments and promises of one cluster for whoever holds them (protocol §2.3). L1 is trusted, a source
 * of L2 blocks is not: it can at most hide blocks, or show those of a batch that derives to
 * nothing, which only a node that derives can tell.
 *
 * Not asked: what the windowParent names when it is a seal.
 */
export class PreconfVerifier {
  constructor(
    readonly cluster: Cluster,
    readonly l1: L1Access,
  ) {}

  /**
   * Whether a commitment or a promise is genuine and backed; with a source of the rollup's blocks, also what
   * came of it. `Genuine` also when something else was posted but nothing stood behind it.
   *
   * @param answer of `preconf_getCommitment` or `preconf_requestPromise`
   * @throws when L1 does not answer; a source that does not is `Unknown`
   */
  async verify(answer: unknown, blocks?: BlockSource): Promise<Verdict> {
    let held: Held
    try {
      held = readHeld(this.cluster.domain, answer)
    } catch (e) {
      if (e instanceof FormatError) return { verdict: 'Forged', detail: e.message }
      throw e
    }
    const standing = await this.#standing(held)
    const open = standing.verdict === 'Backed' || (standing.verdict === 'Genuine' && leavesOpen(standing))
    if (blocks === undefined || !open) return standing
    const outcome = await this.#outcome(held, blocks)
    return outcome.verdict === 'Broken' && standing.verdict === 'Genuine'
      ? genuine(standing.doubt, `${standing.detail}; not kept: ${outcome.detail}`)
      : outcome
  }

  async #standing(held: Held): Promise<Verdict> {
    const { domain, clusterId } = this.cluster
    const fault = await disagreement(domain, clusterId, held)
    if (fault !== undefined) return { verdict: 'Forged', detail: fault }
    const windowSlot = held.signed.message['windowSlot'] as bigint
    const operator = await this.l1.committer(held.committer, windowSlot)
    if (operator === undefined) {
      return { verdict: 'Forged', detail: `the signer ${held.committer} is not a registered committer` }
    }
    const doubt = await this.#doubtOfOperator(held, operator)
    if (doubt !== undefined && !leavesOpen(doubt)) return doubt
    const other = await this.#doubtOfWindow(held, operator, windowSlot)
    if (other !== undefined && (doubt === undefined || !leavesOpen(other))) return other
    if (doubt !== undefined) return doubt
    if ((held.ctx.flags & PROVISIONAL) !== 0) return genuine('PROVISIONAL', 'it binds to nothing')
    if ((held.ctx.flags & L1COND) !== 0) {
      return genuine('CONDITIONAL', 'it holds only if an L1 transaction of its tick lands')
    }
    if (await this.l1.hasOpenBlock(windowSlot, held.ctx.anchorNumber)) {
      return genuine('OPEN_BLOCK', 'an open block landed in its window, which voids it')
    }
    const { operatorId, stakeWei } = operator
    return { verdict: 'Backed', operatorId, stakeWei, detail: `operator ${operatorId} stands for it` }
  }

  async #doubtOfOperator(held: Held, operator: Committer): Promise<Doubtful | undefined> {
    const name = `operator ${operator.operatorId}`
    if (operator.frozen) return genuine('FROZEN', `${name} is frozen`)
    if (operator.stakeWei === 0n) return genuine('NO_STAKE', `${name} has no stake`)
    const { ctx } = held
    if (exposureOf(held) > operator.stakeWei) {
      return genuine('OVEREXPOSED', `${name} stands for more than it has locked`)
    }
    const anchor = await this.l1.blockHash(ctx.anchorNumber)
    if (anchor === undefined) {
      return genuine('ANCHOR_UNKNOWN', `its anchor, L1 block ${ctx.anchorNumber}, is not there yet`)
    }
    return anchor === ctx.anchorHash
      ? undefined
      : genuine('ANCHOR_GONE', `its anchor, L1 block ${ctx.anchorNumber}, is no longer canonical`)
  }

  async #doubtOfWindow(held: Held, operator: Committer, windowSlot: bigint): Promise<Doubtful | undefined> {
    const slot = this.#slotOf(tickOf(held))
    if (slot >= END_OF_TICKS) return genuine('WRONG_WINDOW', 'no window gets so far')
    const window = await this.l1.window(slot)
    if (window === undefined) {
      return genuine('WINDOW_UNKNOWN', `the oracle does not know whose window ${slot} lies in`)
    }
    if (window.windowSlot !== windowSlot) {
      return genuine('WRONG_WINDOW', `slot ${slot} lies in window ${window.windowSlot}, not ${windowSlot}`)
    }
    if (window.operatorId !== operator.operatorId) {
      return genuine(
        'NOT_THE_OWNER',
        `window ${windowSlot} is operator ${window.operatorId}'s, not operator ${operator.operatorId}'s`,
      )
    }
    if (operator.windowCommitter.toLowerCase() !== held.committer) {
      return genuine('NOT_THE_OWNER', `the committer in window ${windowSlot} is ${operator.windowCommitter}`)
    }
    const marked = (held.ctx.flags & FALLBACK) !== 0
    return marked === window.fallback
      ? undefined
      : genuine('WRONG_WINDOW', `window ${windowSlot} is a fallback's: ${window.fallback}`)
  }

  /** The slot λ(t) of a tick (protocol §1.3.3). */
  #slotOf(tick: bigint): bigint {
    const { tickSeconds, handoverLeadSeconds, slotSeconds } = this.cluster
    return tick < END_OF_TICKS ? (tick * tickSeconds + handoverLeadSeconds) / slotSeconds + 1n : END_OF_TICKS
  }

  async #outcome(held: Held, blocks: BlockSource): Promise<Verdict> {
    const tick = tickOf(held)
    // A promised place may be reached long before the deadline, and a nonce be used.
    const firstTick = 'said' in held ? 0n : tick
    const rollupId = 'said' in held ? held.said.rollupId : held.leaf.rollupId
    let seen: Verdict = { verdict: 'NotYet', detail: 'no batch reaches its tick' }
    // A tick is posted after its anchor.
    for await (const posting of this.l1.postings(held.ctx.anchorNumber)) {
      const last = posting.lastBlocks.get(rollupId)
      if (posting.lastTick < firstTick || last === undefined) continue
      try {
        const shown = await Descent.from(blocks, last)
        const found = shown === undefined ? undefined : await settled(held, posting, shown)
        if (found !== undefined) return found
        // A batch that derived to nothing is known to no node: a later one repeats its ticks.
        if (posting.lastTick >= tick) {
          seen = { verdict: 'Unknown', detail: 'the node does not show the blocks that were posted' }
        }
      } catch (e) {
        const lie = e instanceof FormatError
        return { verdict: 'Unknown', detail: lie ? `the node shows what L1 does not hold: ${e.message}` : reason(e) }
      }
    }
    return seen
  }
}

/** The tick of a frag, the deadline of a promise. */
function tickOf(held: Held): bigint {
  return held.signed.message['said' in held ? 'deadlineTick' : 'tick'] as bigint
}

/** What the signer says that it stands for, as far as this shows it. */
function exposureOf(held: Held): bigint {
  if ('said' in held) return held.signed.message['coverageWei'] as bigint
  return (held.seal?.signed.message['cumExposureWei'] ?? 0n) as bigint
}

/** `Broken` if these bytes differ from what is held. */
function broken(held: Held, posting: Posting, posted: Posted): Verdict | undefined {
  const found = difference(posted, held)
  return found === undefined
    ? undefined
    : { verdict: 'Broken', evidence: { held, posting, posted, difference: found }, detail: found }
}

/** What a batch's blocks say; undefined when it does not reach so far. */
async function settled(held: Held, posting: Posting, shown: Descent): Promise<Verdict | undefined> {
  if (!('said' in held)) {
    await shown.downTo(held.leaf.number)
    return shown.number < held.leaf.number ? undefined : place(held, held.leaf, posting, shown)
  }
  const { said } = held
  if (said.form === 'inclusion') return inclusion(held, said, posting, shown)
  await shown.downTo(said.number)
  const late = broken(held, posting, shown.headers)
  if (late !== undefined || shown.number !== said.number) return late
  return said.form === 'lock' ? lock(held, said, posting, shown) : place(held, said, posting, shown)
}

async function place(
  held: Held,
  { number, txIdx, txHash }: Pick<Placed, 'number' | 'txIdx' | 'txHash'>,
  posting: Posting,
  shown: Descent,
): Promise<Verdict> {
  const detail = `transaction ${txHash} stands at index ${txIdx} of block ${number} with the promised receipt`
  return broken(held, posting, await shown.block()) ?? { verdict: 'Kept', posting, blockHash: shown.hash, detail }
}

async function lock(held: HeldPromise, said: StateLock, posting: Posting, shown: Descent): Promise<Verdict> {
  const blockHash = shown.hash
  await shown.down()
  const state = await shown.state(said.account, said.slot)
  if (state === undefined) return noState(shown.hash)
  const detail = `word ${said.slot} of ${said.account} has the promised value below block ${said.number}`
  return broken(held, posting, state) ?? { verdict: 'Kept', posting, blockHash, detail }
}

const noState = (blockHash: Hex): Verdict => ({
  verdict: 'Unknown',
  detail: `the node does not keep the state of block ${blockHash}`,
})

async function inclusion(
  held: HeldPromise,
  said: Inclusion,
  posting: Posting,
  shown: Descent,
): Promise<Verdict | undefined> {
  let isOver = shown.tick === said.lastTick
  while (shown.tick > said.lastTick) {
    isOver = true
    await shown.down()
  }
  const kept = (detail: string): Verdict => ({ verdict: 'Kept', posting, blockHash: shown.hash, detail })
  const state = await shown.state(said.sender, undefined)
  if (state !== undefined) {
    if (shown.nonce(said.sender, state) > said.nonce) {
      return kept(`nonce ${said.nonce} of ${said.sender} is used by block ${shown.number}`)
    }
    return isOver ? broken(held, posting, state) : undefined
  }
  const asked = shown.hash
  if (await shown.isInBlock(said)) return kept(`transaction ${said.txHash} stands in block ${shown.number}`)
  return isOver ? noState(asked) : undefined
}
