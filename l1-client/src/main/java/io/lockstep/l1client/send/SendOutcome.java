// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.primitives.types.Bytes;
import java.util.List;
import java.util.Locale;

/**
 * What handing signed bytes to the L1 nodes came to. Nodes tell refusals apart only by text, so
 * these are the texts of the common clients.
 */
public sealed interface SendOutcome {
  /** In a node's pool, now or since before. */
  record Taken() implements SendOutcome {}

  /** The nonce is used: by this very posting in a block, or by another transaction. */
  record NonceUsed() implements SendOutcome {}

  /** The fees are below what the pool or a replacement asks. */
  record FeesTooLow(String why) implements SendOutcome {}

  /** The node does not know this network form of a blob transaction. */
  record WrongForm(String why) implements SendOutcome {}

  /** Refused for another reason, or no node was reached. */
  record NotTaken(String why) implements SendOutcome {}

  private static boolean containsAny(String text, List<String> parts) {
    return parts.stream().anyMatch(text::contains);
  }

  /** Hands it to every endpoint of the client. */
  static SendOutcome send(ExecutionClient execution, Bytes networkForm) {
    try {
      execution.sendRaw(networkForm);
      return new Taken();
    } catch (L1Exception e) {
      return ofRefusal(e);
    }
  }

  /** What a node's refusal says. */
  static SendOutcome ofRefusal(L1Exception e) {
    String text = e.text().toLowerCase(Locale.ROOT);
    if (e.kind() != L1Exception.Kind.NODE_ERROR) {
      return new NotTaken(e.text());
    }
    if (containsAny(
        text,
        List.of("already known", "known transaction", "already imported", "already exists"))) {
      return new Taken();
    }
    if (containsAny(text, List.of("nonce too low", "nonce is too low", "nonce_too_low"))) {
      return new NonceUsed();
    }
    if (containsAny(
        text,
        List.of(
            "underpriced",
            "fee too low",
            "price too low",
            "less than block base fee",
            "below current base fee",
            "fee cap less than"))) {
      return new FeesTooLow(e.text());
    }
    if (containsAny(
        text,
        List.of(
            "could not be parsed",
            "network transaction",
            "wrapper",
            "sidecar",
            "cell proof",
            "blob proof",
            "rlp",
            "failed to decode"))) {
      return new WrongForm(e.text());
    }
    return new NotTaken(e.text());
  }
}
