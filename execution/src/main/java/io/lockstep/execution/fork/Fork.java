// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.fork;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The execution forks of Ethereum in their order. Forks that change nothing the EVM or a block's
 * validity depends on here (difficulty bombs, the DAO) have no place of their own.
 */
public enum Fork {
  FRONTIER("Frontier"),
  HOMESTEAD("Homestead"),
  /** EIP-150. */
  TANGERINE_WHISTLE("EIP150"),
  /** EIP-155, 160, 161, 170. */
  SPURIOUS_DRAGON("EIP158"),
  BYZANTIUM("Byzantium"),
  CONSTANTINOPLE("Constantinople"),
  PETERSBURG("ConstantinopleFix"),
  ISTANBUL("Istanbul"),
  BERLIN("Berlin"),
  LONDON("London"),
  PARIS("Paris"),
  SHANGHAI("Shanghai"),
  CANCUN("Cancun"),
  PRAGUE("Prague"),
  OSAKA("Osaka"),
  BPO1("BPO1"),
  BPO2("BPO2"),
  BPO3("BPO3"),
  BPO4("BPO4"),
  BPO5("BPO5");

  private final String fixtureName;

  Fork(String fixtureName) {
    this.fixtureName = fixtureName;
  }

  public boolean isAtLeast(Fork other) {
    return compareTo(other) >= 0;
  }

  /** The name that the public test fixtures use. */
  public String fixtureName() {
    return fixtureName;
  }

  /** The key of this fork in geth's {@code blobSchedule}. */
  public String scheduleKey() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The fork with this name, in the fixtures' or in plain spelling whatever its case, or null when
   * there is none.
   */
  public static @Nullable Fork named(String name) {
    String plain = name.replace("_", "").replace(" ", "").toLowerCase(Locale.ROOT);
    for (Fork fork : values()) {
      if (fork.fixtureName.toLowerCase(Locale.ROOT).equals(plain)
          || fork.name().replace("_", "").toLowerCase(Locale.ROOT).equals(plain)) {
        return fork;
      }
    }
    return switch (plain) {
      case "merge" -> PARIS;
      case "eip155", "eip161" -> SPURIOUS_DRAGON;
      case "tangerine" -> TANGERINE_WHISTLE;
      default -> null;
    };
  }
}
