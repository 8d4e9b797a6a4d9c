// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

/**
 * Why nothing is signed with this database any more, until somebody has looked into it. It is kept
 * in the database.
 *
 * @param detail what was seen
 */
record Hold(Kind kind, String detail) {
  static final String DOCUMENT = "docs/signing-database.md";

  /** What was found, and what an operator does about it. */
  enum Kind {
    /** A signature of this key that this process has not made, made while it runs. */
    TWIN(
        "another process signs with this committer key",
        "Find it and stop it for good; then import the newer of the two signing databases, or"
            + " rotate the committer key. See "
            + DOCUMENT),
    /** A signature of this key above all that the database knows. */
    OLDER(
        "the signing database is older than what this key has signed",
        "Import the newest export with lockstep keys import-signing-db, or accept the full wait"
            + " with lockstep keys new-signing-db. See "
            + DOCUMENT),
    /** A signature of this key, with a database that never signed. */
    USED_BEFORE(
        "this key has signed before, with another signing database",
        "Import that database with lockstep keys import-signing-db; without any, lockstep keys"
            + " new-signing-db. See "
            + DOCUMENT);

    private final String what;
    private final String whatToDo;

    Kind(String what, String whatToDo) {
      this.what = what;
      this.whatToDo = whatToDo;
    }
  }

  String why() {
    return kind.what + ": " + detail;
  }

  SigningVerdict.Refusing verdict() {
    return new SigningVerdict.Refusing(why(), kind.whatToDo);
  }
}
