// SPDX-License-Identifier: Apache-2.0
/** 256-bit unsigned arithmetic. */
package io.lockstep.primitives.uint;
