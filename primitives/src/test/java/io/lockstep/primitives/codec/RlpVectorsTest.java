// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.testing.Vectors;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hex;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** ethereum/tests RLPTests. */
class RlpVectorsTest {
  private static RlpItem item(JsonNode in) {
    if (in.isArray()) {
      List<RlpItem> values = new ArrayList<>();
      in.forEach(value -> values.add(item(value)));
      return new RlpItem.Items(values);
    }
    if (in.isIntegralNumber()) {
      return new RlpItem.Text(Bytes.wrap(UInt256.of(in.bigIntegerValue()).toMinimalArray()));
    }
    String text = in.asString();
    if (text.startsWith("#")) {
      byte[] signed = new BigInteger(text.substring(1)).toByteArray();
      return new RlpItem.Text(
          Bytes.wrap(
              signed[0] == 0 ? Bytes.wrap(signed).slice(1, signed.length).toArray() : signed));
    }
    return new RlpItem.Text(Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void writesAndReadsEveryValidVector() throws Exception {
    JsonNode tests = Vectors.json(Vectors.folder("basics").resolve("RLPTests/rlptest.json"));
    int count = 0;
    for (String name : tests.propertyNames()) {
      RlpItem expected = item(tests.get(name).get("in"));
      byte[] encoded = Hex.decode(tests.get(name).get("out").asString());
      RlpWriter out = new RlpWriter(0);
      expected.write(out);
      assertThat(out.toArray()).as(name).isEqualTo(encoded);
      assertThat(RlpItem.readWhole(encoded)).as(name).isEqualTo(expected);
      count++;
    }
    assertThat(count).isGreaterThan(20);
  }

  @Test
  void refusesEveryInvalidVector() {
    JsonNode tests = Vectors.json(Vectors.folder("basics").resolve("RLPTests/invalidRLPTest.json"));
    int count = 0;
    for (String name : tests.propertyNames()) {
      byte[] encoded = Hex.decode(tests.get(name).get("out").asString());
      assertThatThrownBy(() -> RlpItem.readWhole(encoded))
          .as(name)
          .isInstanceOf(DecodeException.class);
      count++;
    }
    assertThat(count).isGreaterThan(20);
  }

  @Test
  void readsTheRandomValidVectors() throws Exception {
    JsonNode tests =
        Vectors.json(Vectors.folder("basics").resolve("RLPTests/RandomRLPTests/example.json"));
    for (String name : tests.propertyNames()) {
      byte[] encoded = Hex.decode(tests.get(name).get("out").asString());
      assertThat(RlpItem.readWhole(encoded).oracle()).as(name).isEqualTo(encoded);
    }
  }
}
