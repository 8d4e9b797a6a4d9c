// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request: GET without a body, POST of JSON with one.
 *
 * @param maxAnswerBytes a longer answer is a failure, not a truncation
 * @param timeoutMs for the whole exchange, the last byte of the answer included
 */
public record HttpCall(
    Endpoint endpoint,
    URI uri,
    String accept,
    byte @Nullable [] jsonBody,
    int maxAnswerBytes,
    long timeoutMs) {}
