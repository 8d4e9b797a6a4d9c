// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Wei;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The wallets of a devnet: the first ten accounts of the test mnemonic that every development chain
 * uses. Everybody knows their keys.
 */
public final class DevAccounts {
  public static final String MNEMONIC =
      "test test test test test test test test test test test junk";

  public static final int COUNT = 10;

  /** Of each account, on L1 and on each rollup. */
  public static final Wei BALANCE = Wei.ofEther(10_000);

  /** Creates the contracts on an L1 in a box, where it has more than genesis files can ask for. */
  public static final SecretKey DEPLOYER =
      SecretKey.of(Keccak.hash("lockstep devnet deployer".getBytes(US_ASCII)).toArray());

  private static final List<SecretKey> KEYS = derive();

  private DevAccounts() {}

  /** m/44'/60'/0'/0/0 to 9 (BIP-44, coin 60). */
  public static List<SecretKey> keys() {
    return KEYS;
  }

  private static List<SecretKey> derive() {
    HdKey parent = HdKey.ofMnemonic(MNEMONIC).derive("m/44'/60'/0'/0");
    return IntStream.range(0, COUNT).mapToObj(i -> parent.derive("m/" + i).key()).toList();
  }
}
