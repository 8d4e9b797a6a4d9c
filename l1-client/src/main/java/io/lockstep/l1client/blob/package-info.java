// SPDX-License-Identifier: Apache-2.0
/**
 * Blobs of past L1 blocks from whoever still has them, each checked against its versioned hash, so
 * that no source is trusted. Calls block: virtual threads only.
 */
package io.lockstep.l1client.blob;
