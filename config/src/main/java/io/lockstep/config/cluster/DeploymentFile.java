// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cluster;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What {@code lockstep deploy --params} reads: the numbers of a cluster to be and its rollups. Any
 * thread.
 */
public record DeploymentFile(
    ProtocolParameters parameters, StakeParameters stakes, List<Rollup> rollups) {
  private static final int MAX_ROLLUPS = 64;
  private static final long MAX_SECONDS = 10L * 365 * 24 * 3600;
  private static final long MAX_SLOTS = 1 << 20;

  /**
   * A rollup to be.
   *
   * @param genesis in geth's form, without what every rollup has
   * @param treasury gets its share of the priority fees; null for none
   */
  public record Rollup(JsonNode genesis, @Nullable Address treasury) {}

  public DeploymentFile {
    rollups = List.copyOf(rollups);
  }

  /** Reads a file; the message of a failure begins with the field at fault. */
  public static DeploymentFile read(Path file) throws IOException, DecodeException {
    JsonFields fields = JsonFields.parse(text(file)).only("parameters", "stakes", "rollups");
    return new DeploymentFile(
        ClusterFile.parameters(fields.object("parameters")),
        stakes(fields.object("stakes")),
        rollups(fields, file.toAbsolutePath().getParent()));
  }

  private static String text(Path file) throws IOException, DecodeException {
    if (Files.size(file) > ClusterFile.MAX_FILE_BYTES) {
      throw new DecodeException(
          "%s has %d bytes, the limit is %d"
              .formatted(file, Files.size(file), ClusterFile.MAX_FILE_BYTES));
    }
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private static StakeParameters stakes(JsonFields fields) throws DecodeException {
    fields.only(
        "minStakeWei",
        "exitDelaySeconds",
        "challengeSeconds",
        "evidenceSlots",
        "answerSlots",
        "slasher",
        "forcedGasPriceWei");
    return new StakeParameters(
        new Wei(amount(fields, "minStakeWei")),
        fields.number("exitDelaySeconds", 1, MAX_SECONDS),
        fields.number("challengeSeconds", 0, MAX_SECONDS),
        fields.number("evidenceSlots", 1, MAX_SLOTS),
        fields.number("answerSlots", 1, MAX_SLOTS),
        optionalAddress(fields, "slasher"),
        amount(fields, "forcedGasPriceWei"));
  }

  /** Amounts are written as decimal texts: JSON's numbers do not hold them. */
  private static UInt256 amount(JsonFields fields, String name) throws DecodeException {
    String text = fields.text(name);
    if (!text.matches("[0-9]{1,36}")) {
      throw new DecodeException(fields.at(name) + ": expected wei as a decimal number in quotes");
    }
    return UInt256.of(new BigInteger(text));
  }

  private static @Nullable Address optionalAddress(JsonFields fields, String name)
      throws DecodeException {
    return fields.names().contains(name) ? fields.address(name) : null;
  }

  private static List<Rollup> rollups(JsonFields file, @Nullable Path folder)
      throws IOException, DecodeException {
    JsonNode array = file.array("rollups");
    if (array.isEmpty() || array.size() > MAX_ROLLUPS) {
      throw new DecodeException(
          "rollups: 1 to %d of them, got %d".formatted(MAX_ROLLUPS, array.size()));
    }
    List<Rollup> rollups = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      JsonFields fields =
          JsonFields.of(array.get(i), "rollups[" + i + "]").only("genesis", "treasury");
      rollups.add(new Rollup(genesis(fields, folder), optionalAddress(fields, "treasury")));
    }
    return rollups;
  }

  /** The genesis itself, or what the named file holds; a relative name is beside this file. */
  private static JsonNode genesis(JsonFields fields, @Nullable Path folder)
      throws IOException, DecodeException {
    JsonNode genesis = fields.required("genesis");
    if (genesis.isObject()) {
      return genesis;
    }
    if (!genesis.isString()) {
      throw new DecodeException(
          fields.at("genesis") + ": expected a genesis, or the name of its file");
    }
    try {
      Path named = Path.of(genesis.asString());
      Path path = folder == null ? named : folder.resolve(named);
      if (Files.isRegularFile(path)) {
        return JsonFields.parse(text(path)).node();
      }
    } catch (InvalidPathException e) {
      // told below, as every other name that is no file's
    }
    throw new DecodeException(
        "%s: there is no file \"%s\"".formatted(fields.at("genesis"), genesis.asString()));
  }
}
