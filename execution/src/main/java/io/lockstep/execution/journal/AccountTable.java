// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The accounts a block has met, found by the words of their address. One thread. */
final class AccountTable {
  private static final int INITIAL = 64;

  private @Nullable Account[] accounts = new @Nullable Account[INITIAL];
  private int size;
  private int[] index = new int[INITIAL * 2];

  int size() {
    return size;
  }

  Account get(int number) {
    Account account = accounts[number];
    if (account == null) {
      throw new IllegalStateException("account " + number + " of " + size);
    }
    return account;
  }

  @Nullable Account find(long high, long middle, int low) {
    int mask = index.length - 1;
    for (int at = hash(high, middle, low) & mask; index[at] != 0; at = (at + 1) & mask) {
      Account account = get(index[at] - 1);
      if (account.address.low() == low
          && account.address.middle() == middle
          && account.address.high() == high) {
        return account;
      }
    }
    return null;
  }

  void add(Account account) {
    if (size == accounts.length) {
      accounts = Arrays.copyOf(accounts, size * 2);
      index = new int[size * 4];
      for (int i = 0; i < size; i++) {
        insert(get(i));
      }
    }
    accounts[size++] = account;
    insert(account);
  }

  private void insert(Account account) {
    int mask = index.length - 1;
    int at = hash(account.address.high(), account.address.middle(), account.address.low()) & mask;
    while (index[at] != 0) {
      at = (at + 1) & mask;
    }
    index[at] = account.index + 1;
  }

  private static int hash(long high, long middle, int low) {
    long h = (high ^ low) * 0x9E3779B97F4A7C15L;
    h = (h ^ (h >>> 32) ^ middle) * 0xC2B2AE3D27D4EB4FL;
    return (int) (h >>> 32);
  }
}
