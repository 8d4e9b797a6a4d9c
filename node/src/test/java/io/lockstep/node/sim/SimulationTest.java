// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.SimOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SimulationTest {
  @Test
  void endsTheSameWayForTheSameSeedAlsoBesideOthers() {
    List<String> alone = run(new SimOptions(3, 1, 2, 1, false));
    List<String> among = run(new SimOptions(2, 3, 2, 2, false));

    assertThat(among.get(1)).isEqualTo(alone.getFirst());
    assertThat(digest(among.get(0))).isNotEqualTo(digest(among.get(1)));
  }

  @Test
  void countsEveryKindOfFaultAndTellsHowManyPassed() {
    List<String> lines = new ArrayList<>();

    ExitCode code = Simulation.run(new SimOptions(1, 2, 3, 2, false), lines::add);

    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(lines).hasSize(3).last().isEqualTo("2 passed, 0 failed");
    var first = JsonMapper.shared().readTree(lines.getFirst());
    assertThat(first.path("passed").asBoolean()).isTrue();
    assertThat(first.path("faults").size()).isGreaterThan(20);
    assertThat(first.path("safeHeight").asInt()).isPositive();
  }

  @Test
  void losesNoPromiseWithoutFaults() {
    SimResult result = SimRun.run(5, 2, false, null);

    assertThat(result.violation()).isNull();
    assertThat(result.promises()).isPositive();
    assertThat(result.promisesExcused()).isZero();
    assertThat(result.faults().values()).allMatch(count -> count == 0);
  }

  private static List<String> run(SimOptions options) {
    List<String> lines = new ArrayList<>();
    assertThat(Simulation.run(options, lines::add)).as("%s", lines).isEqualTo(ExitCode.DONE);
    return lines;
  }

  private static String digest(String line) {
    return JsonMapper.shared().readTree(line).path("digest").asString();
  }
}
