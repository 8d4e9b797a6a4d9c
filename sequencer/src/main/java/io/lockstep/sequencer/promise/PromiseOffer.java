// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.promise;

import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/**
 * What a promise would cost at this moment (protocol §6.1). Immutable.
 *
 * @param price null when it cannot be had
 * @param tipWeiPerGas effective tip that pays the price whatever the transaction does; zero without
 *     a price
 * @param whyNot why it cannot be had, or null
 */
public record PromiseOffer(
    PromisePrice.@Nullable Quote price,
    UInt256 tipWeiPerGas,
    PromisePrice.Exposure exposure,
    @Nullable String whyNot) {}
