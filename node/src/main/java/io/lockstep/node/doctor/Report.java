// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.doctor;

import io.lockstep.node.doctor.Finding.Level;
import java.util.ArrayList;
import java.util.List;

/** Collects findings in the order in which they were made. */
final class Report {
  private final List<Finding> findings = new ArrayList<>();

  void ok(String check, String text) {
    findings.add(new Finding(Level.OK, check, text, null));
  }

  void warn(String check, String text, String advice) {
    findings.add(new Finding(Level.WARN, check, text, advice));
  }

  void fail(String check, String text, String advice) {
    findings.add(new Finding(Level.FAIL, check, text, advice));
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }
}
