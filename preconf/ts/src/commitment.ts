// SPDX-License-Identifier: Apache-2.0
import type { Address, Hex } from 'viem'

/** A file or an answer that is not what it must be. The message names the place. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
}

/** What everything signed in one tick depends on (protocol §2.2). */
export interface Ctx {
  anchorNumber: bigint
  anchorHash: Hex
  windowParent: Hex
  flags: number
}

export const PROVISIONAL = 1
export const FALLBACK = 2
export const L1COND = 4

/** One transaction at its place with its receipt; `rollupId` is the rollup's chain id. */
export interface TxLeaf {
  rollupId: bigint
  number: bigint
  parentHash: Hex
  txIdx: bigint
  txHash: Hex
  receiptHash: Hex
}

/** One block of a window's run. */
export interface BlockLeaf {
  tick: bigint
  rollupId: bigint
  number: bigint
  blockHash: Hex
  parentHash: Hex
}

/** A signed object's message, by EIP-712 member. */
export type Message = Record<string, bigint | boolean | Hex>

/** EIP-712 object with its signature: r, s, v with v of 27 or 28. */
export interface Signed {
  primaryType: PrimaryType
  message: Message
  signature: Hex
}

export interface SealProof {
  signed: Signed
  leaf: BlockLeaf
  path: Hex[]
}

/** What a user holds about one transaction in a frag. `committer` is who the node says has signed. */
export interface Commitment {
  committer: Address
  signed: Signed
  ctx: Ctx
  leaf: TxLeaf
  path: Hex[]
  seal: SealProof | undefined
}

/** The EIP-712 domain of a cluster's signatures: the L1 and the registry that holds the stake. */
export interface Domain {
  l1ChainId: bigint
  registry: Address
}

const DOMAIN_TYPE = 'string name,string version,uint256 chainId,address verifyingContract'
const TYPES = {
  Frag:
    'bytes32 clusterId,uint64 windowSlot,uint64 tick,uint32 fragIdx,bytes32 prevFragHash,' +
    'bytes32 ctxHash,bytes32 bodyRoot,uint64 sentAtMs',
  Seal:
    'bytes32 clusterId,uint64 windowSlot,uint64 tick,bytes32 blocksRoot,bytes32 ctxHash,' +
    'uint256 cumExposureWei,bytes32 l1CallsHash,bool eop,uint64 sealedAtMs',
  Promise:
    'uint8 kind,bytes32 clusterId,uint64 windowSlot,bytes body,uint256 coverageWei,' +
    'uint64 deadlineTick,bytes32 ctxHash,uint64 nonce',
} as const
export type PrimaryType = keyof typeof TYPES

const MAX_PATH = 64
export const UINT63 = (1n << 63n) - 1n
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

interface Member {
  name: string
  type: string
}

function members(encoded: string): Member[] {
  return encoded.split(',').map(member => {
    const [type, name] = member.split(' ')
    return { name: name as string, type: type as string }
  })
}

/** The `types` of a signed object, as wallets want them. */
export function typesOf(primaryType: PrimaryType): Record<string, Member[]> {
  return { EIP712Domain: members(DOMAIN_TYPE), [primaryType]: members(TYPES[primaryType]) }
}

export type Fields = Record<string, unknown>

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object with exactly these fields: an unread one could lie. */
export function fields(value: unknown, at: string, names: string[]): Fields {
  if (!isObject(value)) throw new FormatError(`${at} is not a JSON object`)
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) throw new FormatError(`${at} has an unknown field ${name}`)
  }
  for (const name of names) {
    if (!Object.hasOwn(value, name)) throw new FormatError(`${at} lacks the field ${name}`)
  }
  return value
}

function text(value: unknown, at: string): string {
  if (typeof value !== 'string') throw new FormatError(`${at} is not a string`)
  return value
}

function quantity(value: unknown, at: string): bigint {
  const written = text(value, at)
  if (!/^0x[0-9a-fA-F]{1,64}$/.test(written)) {
    throw new FormatError(`${at}: a quantity is 0x and 1 to 64 hex digits`)
  }
  return BigInt(written)
}

export function uint(value: unknown, at: string, most: bigint = UINT63): bigint {
  const number = quantity(value, at)
  if (number > most) throw new FormatError(`${at} is too large`)
  return number
}

function bytes(value: unknown, at: string): Hex {
  const written = text(value, at)
  if (!/^0x(?:[0-9a-fA-F]{2})*$/.test(written)) throw new FormatError(`${at}: invalid hex string`)
  return written.toLowerCase() as Hex
}

export function fixed(value: unknown, at: string, lengthBytes: number): Hex {
  const found = bytes(value, at)
  if (found.length !== 2 + 2 * lengthBytes) throw new FormatError(`${at} has not ${lengthBytes} bytes`)
  return found
}

export function hash(value: unknown, at: string): Hex {
  return fixed(value, at, 32)
}

function path(value: unknown, at: string): Hex[] {
  if (!Array.isArray(value) || value.length > MAX_PATH) {
    throw new FormatError(`${at} is not a list of at most ${MAX_PATH} hashes`)
  }
  return value.map(element => hash(element, at))
}

export function signature(value: unknown, at: string): Hex {
  const found = fixed(value, at, 65)
  if (found.slice(130) !== '1b' && found.slice(130) !== '1c') {
    throw new FormatError(`${at}: v is 27 or 28`)
  }
  if (BigInt(`0x${found.slice(66, 130)}`) > HALF_ORDER) {
    throw new FormatError(`${at}: s must be in the lower half of the order`)
  }
  return found
}

function member(type: string, value: unknown, at: string): bigint | boolean | Hex {
  switch (type) {
    case 'bytes32':
      return hash(value, at)
    case 'bytes':
      return bytes(value, at)
    case 'bool':
      if (typeof value !== 'boolean') throw new FormatError(`${at} is not true or false`)
      return value
    case 'uint256':
      return quantity(value, at)
    case 'uint64':
      return uint(value, at)
    case 'uint32':
      return uint(value, at, 0xffffffffn)
    case 'uint8':
      return uint(value, at, 0xffn)
    default:
      throw new Error(`no member has the type ${type}`)
  }
}

function sameTypes(found: unknown, primaryType: PrimaryType): boolean {
  if (!isObject(found)) return false
  const expected = typesOf(primaryType)
  if (Object.keys(found).length !== Object.keys(expected).length) return false
  return Object.entries(expected).every(([name, list]) => {
    const given = Object.hasOwn(found, name) ? found[name] : undefined
    return (
      Array.isArray(given) &&
      given.length === list.length &&
      list.every((wanted, i) => {
        const one: unknown = given[i]
        return (
          isObject(one) &&
          Object.keys(one).length === 2 &&
          one['name'] === wanted.name &&
          one['type'] === wanted.type
        )
      })
    )
  })
}

export function typedData(domain: Domain, value: unknown, at: string): Omit<Signed, 'signature'> {
  const whole = fields(value, at, ['domain', 'types', 'primaryType', 'message'])
  const given = fields(whole['domain'], `${at}.domain`, ['name', 'version', 'chainId', 'verifyingContract'])
  if (given['name'] !== 'Lockstep' || given['version'] !== '1') {
    throw new FormatError(`${at}.domain is not Lockstep 1`)
  }
  if (uint(given['chainId'], `${at}.domain.chainId`) !== domain.l1ChainId) {
    throw new FormatError(`${at}.domain.chainId is not the L1's, ${domain.l1ChainId}`)
  }
  const contract = fixed(given['verifyingContract'], `${at}.domain.verifyingContract`, 20)
  if (contract !== domain.registry.toLowerCase()) {
    throw new FormatError(`${at}.domain.verifyingContract is ${contract}, the cluster's registry is ${domain.registry}`)
  }
  const primaryType = text(whole['primaryType'], `${at}.primaryType`)
  if (primaryType !== 'Frag' && primaryType !== 'Seal' && primaryType !== 'Promise') {
    throw new FormatError(`${at}.primaryType is ${primaryType}`)
  }
  const list = members(TYPES[primaryType])
  const given2 = fields(whole['message'], `${at}.message`, list.map(one => one.name))
  const message: Message = {}
  for (const { name, type } of list) message[name] = member(type, given2[name], `${at}.message.${name}`)
  if (!sameTypes(whole['types'], primaryType)) {
    throw new FormatError(`${at}.types are not those of a Lockstep ${primaryType}`)
  }
  return { primaryType, message }
}

function readSeal(domain: Domain, value: unknown): SealProof {
  const seal = fields(value, 'seal', ['typedData', 'signature', 'leaf', 'path'])
  const signed = typedData(domain, seal['typedData'], 'seal.typedData')
  if (signed.primaryType !== 'Seal') throw new FormatError('seal.typedData is not a Seal')
  const leaf = fields(seal['leaf'], 'seal.leaf', ['tick', 'rollupId', 'number', 'blockHash', 'parentHash'])
  return {
    signed: { ...signed, signature: signature(seal['signature'], 'seal.signature') },
    leaf: {
      tick: uint(leaf['tick'], 'seal.leaf.tick'),
      rollupId: uint(leaf['rollupId'], 'seal.leaf.rollupId'),
      number: uint(leaf['number'], 'seal.leaf.number'),
      blockHash: hash(leaf['blockHash'], 'seal.leaf.blockHash'),
      parentHash: hash(leaf['parentHash'], 'seal.leaf.parentHash'),
    },
    path: path(seal['path'], 'seal.path'),
  }
}

export function readCtx(value: unknown): Ctx {
  const ctx = fields(value, 'ctx', ['anchorNumber', 'anchorHash', 'windowParent', 'flags'])
  return {
    anchorNumber: uint(ctx['anchorNumber'], 'ctx.anchorNumber'),
    anchorHash: hash(ctx['anchorHash'], 'ctx.anchorHash'),
    windowParent: hash(ctx['windowParent'], 'ctx.windowParent'),
    flags: Number(uint(ctx['flags'], 'ctx.flags', 7n)),
  }
}

/**
 * Reads the answer of `preconf_getCommitment`, strictly: nothing in it may be unread or in another
 * form. Nothing is verified yet but that domain and types are the cluster's.
 *
 * @throws FormatError naming the place of the first thing that is not as it must be
 */
export function readCommitment(domain: Domain, value: unknown): Commitment {
  const whole = fields(value, 'commitment', [
    'grade',
    'committer',
    'typedData',
    'signature',
    'ctx',
    'leaf',
    'path',
    'seal',
  ])
  const signed = typedData(domain, whole['typedData'], 'typedData')
  if (signed.primaryType !== 'Frag') throw new FormatError('typedData must be a Frag, the seal has its own place')
  const leaf = fields(whole['leaf'], 'leaf', ['rollupId', 'number', 'parentHash', 'txIdx', 'txHash', 'receiptHash'])
  return {
    committer: fixed(whole['committer'], 'committer', 20),
    signed: { ...signed, signature: signature(whole['signature'], 'signature') },
    ctx: readCtx(whole['ctx']),
    leaf: {
      rollupId: uint(leaf['rollupId'], 'leaf.rollupId'),
      number: uint(leaf['number'], 'leaf.number'),
      parentHash: hash(leaf['parentHash'], 'leaf.parentHash'),
      txIdx: uint(leaf['txIdx'], 'leaf.txIdx'),
      txHash: hash(leaf['txHash'], 'leaf.txHash'),
      receiptHash: hash(leaf['receiptHash'], 'leaf.receiptHash'),
    },
    path: path(whole['path'], 'path'),
    seal: whole['seal'] === null ? undefined : readSeal(domain, whole['seal']),
  }
}
