// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A block as a caller names it: a tag, a number, or a hash (EIP-1898). */
sealed interface BlockParam {
  record Tagged(Tag tag) implements BlockParam {}

  record Numbered(long number) implements BlockParam {}

  record Hashed(Hash32 hash, boolean requireCanonical) implements BlockParam {}

  enum Tag {
    EARLIEST,
    LATEST,
    SAFE,
    FINALIZED,
    PENDING
  }

  /** The parameter at {@code index}; {@code latest} when it is left out. */
  static BlockParam at(JsonNode params, int index) throws RpcError {
    JsonNode value = Params.optional(params, index);
    return value == null ? new Tagged(Tag.LATEST) : parse(value, "invalid argument " + index);
  }

  static BlockParam requiredAt(JsonNode params, int index) throws RpcError {
    return parse(Params.required(params, index), "invalid argument " + index);
  }

  static BlockParam parse(JsonNode value, String name) throws RpcError {
    if (value.isObject()) {
      JsonNode hash = value.get("blockHash");
      JsonNode number = value.get("blockNumber");
      if (hash != null && number != null) {
        throw RpcError.invalidParams(
            name + ": cannot specify both BlockHash and BlockNumber, choose one or the other");
      }
      if (hash != null) {
        return new Hashed(Params.hash(hash, name), value.path("requireCanonical").asBoolean(false));
      }
      if (number == null) {
        throw RpcError.invalidParams(name + ": expected blockHash or blockNumber");
      }
      return parse(number, name);
    }
    return switch (value.isString() ? value.asString() : "") {
      case "earliest" -> new Tagged(Tag.EARLIEST);
      case "latest" -> new Tagged(Tag.LATEST);
      case "safe" -> new Tagged(Tag.SAFE);
      case "finalized" -> new Tagged(Tag.FINALIZED);
      case "pending" -> new Tagged(Tag.PENDING);
      default -> {
        String text = value.isString() ? value.asString() : "";
        if (value.isString() && !text.startsWith("0x")) {
          throw RpcError.invalidParams(name + ": hex string without 0x prefix");
        }
        yield text.length() == 66
            ? new Hashed(Params.hash(value, name), false)
            : new Numbered(Params.number(value, name));
      }
    };
  }

  /** Whether state reads here include what has been released of the open block. */
  default boolean isNewest() {
    return this instanceof Tagged(Tag tag) && (tag == Tag.LATEST || tag == Tag.PENDING);
  }

  default boolean isPending() {
    return this instanceof Tagged(Tag tag) && tag == Tag.PENDING;
  }

  /**
   * The sealed block it names, {@code pending} being the latest; null when there is none.
   *
   * @throws RpcError when a block must be canonical and is not
   */
  default @Nullable Hash32 sealedHash(ChainView view) throws RpcError {
    return switch (this) {
      case Tagged(Tag tag) ->
          switch (tag) {
            case EARLIEST -> view.canonicalHash(view.genesis().number());
            case LATEST, PENDING -> view.latestHash();
            case SAFE -> view.safe().hash();
            case FINALIZED -> view.finalized().hash();
          };
      case Numbered(long number) -> view.canonicalHash(number);
      case Hashed(Hash32 hash, boolean requireCanonical) -> {
        BlockHeader header = view.header(hash);
        if (header == null) {
          yield null;
        }
        if (requireCanonical && !Objects.equals(hash, view.canonicalHash(header.number()))) {
          throw new RpcError(RpcError.SERVER, "hash is not currently canonical");
        }
        yield hash;
      }
    };
  }
}
