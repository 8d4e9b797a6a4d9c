// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.Invocation;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.node.doctor.Doctor;
import io.lockstep.node.doctor.Finding;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code lockstep doctor}: what is wrong with a node's surroundings. */
final class DoctorCommand {
  private DoctorCommand() {}

  static ExitCode run(Invocation.Doctor doctor) {
    List<Finding> findings;
    try (JdkTransport transport = new JdkTransport(doctor.config().l1().requestTimeoutMs())) {
      findings = Doctor.examine(doctor.config(), transport, System::currentTimeMillis);
    }
    if (doctor.json()) {
      System.out.println(json(findings));
    } else {
      findings.forEach(finding -> System.out.println(finding.line()));
    }
    boolean failed = findings.stream().anyMatch(one -> one.level() == Finding.Level.FAIL);
    return failed ? ExitCode.NO : ExitCode.DONE;
  }

  private static ArrayNode json(List<Finding> findings) {
    ArrayNode out = JsonNodeFactory.instance.arrayNode();
    for (Finding finding : findings) {
      out.addObject()
          .put("level", finding.level().word())
          .put("check", finding.check())
          .put("text", finding.text())
          .put("advice", finding.advice());
    }
    return out;
  }
}
