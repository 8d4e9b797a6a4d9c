// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

class ParamsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RpcError.class, e -> assertThat(e.code()).isEqualTo(RpcError.INVALID_PARAMS))
        .hasMessageContaining(message);
  }

  @Test
  void findsParametersByPosition() throws RpcError {
    JsonNode params = json("[\"0x1\", null]");
    assertThat(Params.required(params, 0).asString()).isEqualTo("0x1");
    assertThat(Params.optional(params, 1)).isNull();
    assertThat(Params.optional(params, 2)).isNull();
    assertThat(Params.optional(MissingNode.getInstance(), 0)).isNull();
    assertThat(Params.optional(json("null"), 0)).isNull();
  }

  @Test
  void namesWhatIsMissingOrNotAList() {
    refused(() -> Params.required(json("[]"), 0), "missing value for required argument 0");
    refused(() -> Params.required(json("[1,null]"), 1), "missing value for required argument 1");
    refused(() -> Params.optional(json("{\"a\":1}"), 0), "must be an array");
    refused(() -> Params.optional(json("\"0x1\""), 0), "must be an array");
  }

  @Test
  void readsFixedLengths() throws RpcError {
    String address = "0x" + "ab".repeat(20);
    String hash = "0x" + "cd".repeat(32);
    assertThat(Params.address(json("\"" + address + "\""), "to"))
        .isEqualTo(Address.fromHex(address));
    assertThat(Params.hash(json("\"" + hash + "\""), "hash")).isEqualTo(Hash32.fromHex(hash));
    assertThat(Params.bytes(json("\"0x\""), "data")).isEqualTo(Bytes.EMPTY);
    refused(() -> Params.address(json("\"0x12\""), "to"), "to: expected 20 bytes");
    refused(() -> Params.hash(json("\"" + hash + "00\""), "hash"), "hash: expected 32 bytes");
    refused(() -> Params.hash(json("12"), "hash"), "hash: expected a string");
    refused(() -> Params.bytes(json("\"1234\""), "data"), "data: hex string without 0x");
    refused(() -> Params.bytes(json("\"0x123\""), "data"), "data: invalid hex");
    refused(() -> Params.bytes(json("\"0x12zz\""), "data"), "data: invalid hex");
  }

  @Test
  void readsQuantities() throws RpcError {
    assertThat(Params.quantity(json("\"0x0\""), "n")).isEqualTo(UInt256.ZERO);
    assertThat(Params.quantity(json("\"0xFf\""), "n")).isEqualTo(UInt256.of(255));
    assertThat(Params.quantity(json("\"0x" + "f".repeat(64) + "\""), "n")).isEqualTo(UInt256.MAX);
    assertThat(Params.quantity(json("17"), "n")).isEqualTo(UInt256.of(17));
    assertThat(Params.number(json("\"0x7fffffffffffffff\""), "n")).isEqualTo(Long.MAX_VALUE);
    refused(() -> Params.number(json("\"0x8000000000000000\""), "n"), "n: number too large");
  }

  @Test
  void refusesWhatIsNoQuantity() {
    for (String text :
        new String[] {
          "",
          "0x",
          "1",
          "0xg",
          "0x 1",
          "0x1 ",
          "0x-1",
          "0x+1",
          "-0x1",
          "0x1.0",
          "0x\u0661",
          "0x\uff11",
          "0x" + "0".repeat(65)
        }) {
      refused(() -> Params.quantity(JSON.valueToTree(text), "n"), "n: ");
    }
    for (String other : new String[] {"-1", "1.5", "true", "[]", "{}", "1" + "0".repeat(80)}) {
      refused(() -> Params.quantity(json(other), "n"), "n: ");
    }
  }

  @Test
  void keepsErrorsShort() {
    assertThatThrownBy(() -> Params.quantity(JSON.valueToTree("y".repeat(10_000)), "n"))
        .hasMessageMatching(".{1,200}");
  }

  @Test
  void writesQuantities() {
    assertThat(Params.quantity(0).asString()).isEqualTo("0x0");
    assertThat(Params.quantity(-1L).asString()).isEqualTo("0xffffffffffffffff");
    assertThat(Params.quantity(UInt256.of(1024)).asString()).isEqualTo("0x400");
  }
}
