// SPDX-License-Identifier: Apache-2.0
//
// What the TypeScript verifier of preconf/ts says of a commitment or a promise, as one line of JSON.
//   node preconf-verifier.mjs L1_URL INBOX DEPLOYMENT_BLOCK COMMITMENT.json [NODE_URL]
// Clients are of this folder's viem, the verifier uses its own: as it is in other people's projects.
import fs from 'node:fs'
import { createPublicClient, http } from 'viem'
import { PreconfVerifier, clusterOnL1, difference, shownByNode } from '../../../preconf/ts/dist/index.js'
import { usage } from './lib/checks.mjs'

const [l1Url, inbox, deploymentBlock, file, nodeUrl] = process.argv.slice(2)
if (file === undefined) usage('node preconf-verifier.mjs L1_URL INBOX DEPLOYMENT_BLOCK COMMITMENT.json [NODE_URL]')

const { cluster, l1 } = await clusterOnL1(createPublicClient({ transport: http(l1Url) }), inbox, BigInt(deploymentBlock))
const blocks = nodeUrl && shownByNode(createPublicClient({ transport: http(nodeUrl) }))
const found = await new PreconfVerifier(cluster, l1).verify(JSON.parse(fs.readFileSync(file, 'utf8')), blocks)
const { verdict, doubt, detail, evidence } = found
const repeated = evidence && difference(evidence.posted, evidence.held)
process.stdout.write(`${JSON.stringify({ verdict, doubt, detail, repeated })}\n`)
