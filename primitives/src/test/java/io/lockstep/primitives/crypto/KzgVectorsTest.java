// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.testing.Vectors;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** c-kzg-4844's vectors, as far as this project calls it. */
class KzgVectorsTest {
  private record Case(String id, JsonNode input, JsonNode output) {}

  private static List<Case> cases(String name) throws Exception {
    List<Case> out = new ArrayList<>();
    Vectors.lines(
        Vectors.folder("kzg").resolve(name + ".jsonl.gz"),
        line ->
            out.add(new Case(line.get("id").asString(), line.get("input"), line.get("output"))));
    return out;
  }

  /** The long strings that {@code cases} refer to as blobs, by their hash. */
  private static Map<String, byte[]> blobs(List<Case> cases) throws Exception {
    Map<String, byte[]> out = new HashMap<>();
    for (Case each : cases) {
      JsonNode ref = each.input.path("blob").get("$ref");
      if (ref != null) {
        out.put(ref.asString(), new byte[0]);
      }
    }
    Path strings = Vectors.folder("kzg").resolve("strings.jsonl.gz");
    Vectors.lines(
        strings,
        line ->
            out.computeIfPresent(
                line.get("sha256").asString(), (_, _) -> Hex.decode(line.get("hex").asString())));
    return out;
  }

  private static byte[] blob(Case test, Map<String, byte[]> blobs) {
    JsonNode node = test.input.get("blob");
    byte[] found = node.isString() ? Hex.decode(node.asString()) : blobs.get(ref(node));
    if (found == null) {
      throw new IllegalStateException("no string " + node);
    }
    return found;
  }

  private static String ref(JsonNode node) {
    return node.get("$ref").asString();
  }

  @Test
  void commitsToBlobs() throws Exception {
    List<Case> cases = cases("blob_to_kzg_commitment");
    Map<String, byte[]> blobs = blobs(cases);
    for (Case test : cases) {
      byte[] blob = blob(test, blobs);
      if (test.output.isNull()) {
        assertThatThrownBy(() -> Kzg.commit(blob))
            .as(test.id)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("not a blob");
      } else {
        assertThat(Kzg.commit(blob).toHex()).as(test.id).isEqualTo(test.output.asString());
      }
    }
    assertThat(cases).isNotEmpty();
  }

  @Test
  void verifiesPointEvaluations() throws Exception {
    List<Case> cases = cases("verify_kzg_proof");
    for (Case test : cases) {
      boolean verified =
          Kzg.verifyProof(
              Hex.decode(test.input.get("commitment").asString()),
              Hex.decode(test.input.get("z").asString()),
              Hex.decode(test.input.get("y").asString()),
              Hex.decode(test.input.get("proof").asString()));
      // Null: the input is malformed, which is a proof of nothing.
      assertThat(verified).as(test.id).isEqualTo(!test.output.isNull() && test.output.asBoolean());
    }
    assertThat(cases).hasSizeGreaterThan(100);
  }

  @Test
  void provesCells() throws Exception {
    List<Case> cases = cases("compute_cells_and_kzg_proofs");
    Map<String, byte[]> blobs = blobs(cases);
    int valid = 0;
    for (Case test : cases) {
      byte[] blob = blob(test, blobs);
      if (test.output.isNull()) {
        assertThatThrownBy(() -> Kzg.cellProofs(blob))
            .as(test.id)
            .isInstanceOf(IllegalArgumentException.class);
        assertThat(Kzg.verifyCellProofs(blob, zeros(48), zeros(128 * 48))).as(test.id).isFalse();
        continue;
      }
      valid++;
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      test.output.get(1).forEach(proof -> expected.writeBytes(Hex.decode(proof.asString())));
      Bytes proofs = Kzg.cellProofs(blob);
      assertThat(proofs.toArray()).as(test.id).isEqualTo(expected.toByteArray());
      Bytes commitment = Kzg.commit(blob);
      assertThat(Kzg.verifyCellProofs(blob, commitment, proofs)).as(test.id).isTrue();

      byte[] otherBlob = blob.clone();
      otherBlob[Kzg.BLOB_BYTES - 1] ^= 1;
      assertThat(Kzg.verifyCellProofs(otherBlob, commitment, proofs)).as(test.id).isFalse();
      byte[] damaged = proofs.toArray();
      damaged[5 * 48] ^= 0x20;
      assertThat(Kzg.verifyCellProofs(blob, commitment, Bytes.wrap(damaged))).as(test.id).isFalse();
      assertThat(Kzg.verifyCellProofs(blob, commitment, proofs.slice(48, 128 * 48))).isFalse();
    }
    assertThat(valid).isPositive();
  }

  @Test
  void hashesACommitmentToItsVersionedHash() {
    // The point at infinity: what commits to a blob of zeros.
    Bytes infinity = Bytes.fromHex("0xc0" + "00".repeat(47));
    assertThat(Kzg.commit(new byte[Kzg.BLOB_BYTES])).isEqualTo(infinity);
    assertThat(Kzg.versionedHash(infinity))
        .isEqualTo(
            Hash32.fromHex("0x010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014"));
  }

  private static Bytes zeros(int lengthBytes) {
    return Bytes.wrap(new byte[lengthBytes]);
  }
}
