// SPDX-License-Identifier: Apache-2.0
//
// The one KZG operation that a chain needs when it is run again (EIP-4844's point evaluation), on noble's pairing. A check needs
// no more of the ceremony's output than τ·G2.
import { bls12_381 } from '@noble/curves/bls12-381'

const { fields } = bls12_381
const G1 = bls12_381.G1.ProjectivePoint
const G2 = bls12_381.G2.ProjectivePoint
const TAU_G2 = G2.fromHex(
  'b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72' +
    '185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2',
)

const point = hex => {
  const decoded = G1.fromHex(hex.replace(/^0x/, ''))
  decoded.assertValidity()
  return decoded
}

const scalar = hex => {
  const value = BigInt(hex)
  if (value >= fields.Fr.ORDER) throw new Error('C_KZG_BADARGS: not a field element')
  return value
}

const times = (base, factor) => (factor === 0n ? base.subtract(base) : base.multiply(factor))

/** Whether the polynomial behind a commitment is y at z. Throws C_KZG_BADARGS on what is no point or no field element. */
function verifyProof(commitment, zHex, yHex, proofHex) {
  const z = scalar(zHex)
  const y = scalar(yHex)
  let value, proof
  try {
    value = decode(commitment)
    proof = decode(proofHex)
  } catch (e) {
    throw new Error(`C_KZG_BADARGS: ${e.message}`)
  }
  // e(C − y·G1, −G2) · e(π, τ·G2 − z·G2) = 1
  const pairs = [
    { g1: value.subtract(times(G1.BASE, y)), g2: G2.BASE.negate() },
    { g1: proof, g2: TAU_G2.subtract(times(G2.BASE, z)) },
  ].filter(({ g1, g2 }) => !g1.is0() && !g2.is0())
  return pairs.length === 0 || fields.Fp12.eql(bls12_381.pairingBatch(pairs), fields.Fp12.ONE)
}

/** The point at infinity is a commitment and a proof too. */
function decode(hex) {
  return BigInt(hex) === 0xc0n << 376n ? G1.ZERO : point(hex)
}

const absent = name => () => {
  throw new Error(`${name} is not part of running a chain`)
}

/** What EthereumJS takes as `customCrypto.kzg`. */
export const kzg = {
  verifyProof,
  ...Object.fromEntries(
    ['blobToKzgCommitment', 'computeBlobProof', 'verifyBlobProofBatch', 'computeCells', 'computeCellsAndProofs'].map(name => [name, absent(name)]),
  ),
}
