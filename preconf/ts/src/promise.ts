// SPDX-License-Identifier: Apache-2.0
import type { Address, Hex } from 'viem'
import {
  type Commitment,
  type Ctx,
  type Domain,
  FALLBACK,
  FormatError,
  L1COND,
  PROVISIONAL,
  type Signed,
  UINT63,
  fields,
  fixed,
  hash,
  isObject,
  readCommitment,
  readCtx,
  signature,
  typedData,
  uint,
} from './commitment.js'

/** P1: the sender's nonce is used by the last block at or before a tick. */
export interface Inclusion {
  form: 'inclusion'
  rollupId: bigint
  sender: Address
  nonce: bigint
  txHash: Hex
  lastTick: bigint
}

/** P2: that transaction, that place, that receipt; P3: and the place is the top of the block. */
export interface Placed {
  form: 'execution' | 'top'
  rollupId: bigint
  number: bigint
  txIdx: bigint
  txHash: Hex
  receiptHash: Hex
}

/** P3: a word in the state of the block that the named one stands on. */
export interface StateLock {
  form: 'lock'
  rollupId: bigint
  number: bigint
  parentHash: Hex
  account: Address
  slot: Hex
  value: Hex
}

/** What a promise says (protocol §2.2.1); `rollupId` is the rollup's chain id. */
export type PromiseBody = Inclusion | Placed | StateLock

/** A promise as its user holds it. `committer` is who the node says has signed. */
export interface HeldPromise {
  committer: Address
  signed: Signed
  ctx: Ctx
  said: PromiseBody
}

/** What a user holds: a place in a frag, or a promise. */
export type Held = Commitment | HeldPromise

type Kind = 'uint' | 'address' | 'hash'

/** Each form's kind of promise, and its words in order. */
const FORMS: Record<PromiseBody['form'], { kind: bigint; words: [string, Kind][] }> = {
  inclusion: {
    kind: 1n,
    words: [
      ['rollupId', 'uint'],
      ['sender', 'address'],
      ['nonce', 'uint'],
      ['txHash', 'hash'],
      ['lastTick', 'uint'],
    ],
  },
  execution: { kind: 2n, words: place() },
  top: { kind: 3n, words: place() },
  lock: {
    kind: 3n,
    words: [
      ['rollupId', 'uint'],
      ['number', 'uint'],
      ['parentHash', 'hash'],
      ['account', 'address'],
      ['slot', 'hash'],
      ['value', 'hash'],
    ],
  },
}

function place(): [string, Kind][] {
  return [
    ['rollupId', 'uint'],
    ['number', 'uint'],
    ['txIdx', 'uint'],
    ['txHash', 'hash'],
    ['receiptHash', 'hash'],
  ]
}

const FLAGS: [number, string][] = [
  [PROVISIONAL, 'PROVISIONAL'],
  [FALLBACK, 'FALLBACK'],
  [L1COND, 'L1COND'],
]

/** The word of a body as its field; an address or a number that does not fit is no body. */
function wordOf(kind: Kind, word: string): Hex | bigint {
  switch (kind) {
    case 'hash':
      return `0x${word}`
    case 'address':
      if (!word.startsWith('0'.repeat(24))) throw new FormatError('an address of more than 20 bytes')
      return `0x${word.slice(24)}`
    case 'uint': {
      const number = BigInt(`0x${word}`)
      if (number > UINT63) throw new FormatError('a number of a promise is out of range')
      return number
    }
  }
}

/** What a signed body says: one ABI word a field; kind and length tell the forms apart. */
function bodyOf(kind: bigint, body: Hex): PromiseBody {
  const found = Object.entries(FORMS).find(
    ([, form]) => form.kind === kind && body.length === 2 + 64 * form.words.length,
  )
  if (found === undefined) throw new FormatError(`no promise of kind ${kind} has such a body`)
  const [form, { words }] = found
  const said: Record<string, unknown> = { form }
  words.forEach(([name, type], i) => {
    said[name] = wordOf(type, body.slice(2 + 64 * i, 66 + 64 * i))
  })
  return said as unknown as PromiseBody
}

function readField(kind: Kind, value: unknown, at: string): Hex | bigint {
  switch (kind) {
    case 'hash':
      return hash(value, at)
    case 'address':
      return fixed(value, at, 20)
    case 'uint':
      return uint(value, at)
  }
}

/**
 * Reads the answer of `preconf_requestPromise`, or one of `preconf_getPromises`, strictly. What is
 * told beside the signature must agree with what was signed, where it repeats it.
 *
 * @throws FormatError naming the place of the first thing that is not as it must be
 */
export function readPromise(domain: Domain, value: unknown): HeldPromise {
  const whole = fields(value, 'promise', [
    'typedData',
    'signature',
    'ctx',
    'committer',
    'grade',
    'flags',
    'tick',
    'requestHash',
    'said',
  ])
  const signed = typedData(domain, whole['typedData'], 'typedData')
  if (signed.primaryType !== 'Promise') throw new FormatError('typedData is not a Promise')
  const held: HeldPromise = {
    committer: fixed(whole['committer'], 'committer', 20),
    signed: { ...signed, signature: signature(whole['signature'], 'signature') },
    ctx: readCtx(whole['ctx']),
    said: bodyOf(signed.message['kind'] as bigint, signed.message['body'] as Hex),
  }
  uint(whole['tick'], 'tick')
  hash(whole['requestHash'], 'requestHash')
  const flags = FLAGS.filter(([flag]) => (held.ctx.flags & flag) !== 0).map(([, name]) => name)
  const told = whole['flags']
  if (!Array.isArray(told) || told.length !== flags.length || flags.some((name, i) => told[i] !== name)) {
    throw new FormatError(`flags are not those of the signed ctx, [${flags.join(', ')}]`)
  }
  const { words } = FORMS[held.said.form]
  const said = fields(whole['said'], 'said', words.map(([name]) => name))
  for (const [name, kind] of words) {
    if (readField(kind, said[name], `said.${name}`) !== (held.said as unknown as Record<string, unknown>)[name]) {
      throw new FormatError('said is not what the signed body states')
    }
  }
  return held
}

/** Reads what a user holds, in either of its forms, which the signed type tells apart. */
export function readHeld(domain: Domain, value: unknown): Held {
  const data = isObject(value) ? value['typedData'] : undefined
  return isObject(data) && data['primaryType'] === 'Promise'
    ? readPromise(domain, value)
    : readCommitment(domain, value)
}
