// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Wei;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A devnet operator's L1 keys, derived from its number: other ones than the wallets', and no secret
 * either.
 *
 * @param owner holds stake and the validators' withdrawal credentials
 * @param posters send batches
 * @param committer signs preconfirmations; it needs no ether
 */
public record OperatorKeys(SecretKey owner, List<SecretKey> posters, SecretKey committer) {
  /** Staked by each operator of a devnet (architecture §3). */
  public static final Wei STAKE = Wei.ofEther(1_000);

  /** Beyond the stake, for fees. */
  public static final Wei OWNER_FEES = Wei.ofEther(1_000);

  public static final Wei POSTER_BALANCE = Wei.ofEther(1_000);

  public OperatorKeys {
    posters = List.copyOf(posters);
    if (posters.size() != 2) {
      throw new IllegalArgumentException("an operator has two posters, got " + posters.size());
    }
  }

  /** The keys of operator {@code index}, counted from 0. */
  public static OperatorKeys devnet(int index) {
    return new OperatorKeys(
        key(index, "owner"),
        List.of(key(index, "poster 0"), key(index, "poster 1")),
        key(index, "committer"));
  }

  public static List<OperatorKeys> devnets(int count) {
    return IntStream.range(0, count).mapToObj(OperatorKeys::devnet).toList();
  }

  /** The withdrawal addresses of the operators' validators. */
  public static List<Address> owners(List<OperatorKeys> operators) {
    return operators.stream().map(keys -> keys.owner().address()).toList();
  }

  private static SecretKey key(int index, String role) {
    String label = "lockstep devnet operator %d %s".formatted(index, role);
    return SecretKey.of(Keccak.hash(label.getBytes(StandardCharsets.US_ASCII)).toArray());
  }
}
