// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ForkScheduleTest {
  private static ForkSchedule parse(String json) {
    return ForkSchedule.fromGethConfig(
        JsonMapper.builder().build().readTree(json.replace('\'', '"')));
  }

  @Test
  void changesForksAtBlocksThenAtTimes() {
    ForkSchedule forks =
        parse(
            "{'homesteadBlock':0,'eip150Block':3,'eip155Block':6,'eip158Block':6,"
                + "'byzantiumBlock':9,'constantinopleBlock':12,'petersburgBlock':15,"
                + "'istanbulBlock':18,'berlinBlock':24,'londonBlock':27,'mergeNetsplitBlock':36,"
                + "'shanghaiTime':390,'cancunTime':420,'pragueTime':450,'osakaTime':480,"
                + "'bpo1Time':510,'terminalTotalDifficulty':4732352}");

    assertThat(forks.at(0, 0)).isEqualTo(Fork.HOMESTEAD);
    assertThat(forks.at(8, 80)).isEqualTo(Fork.SPURIOUS_DRAGON);
    assertThat(forks.at(35, 350)).isEqualTo(Fork.LONDON);
    assertThat(forks.at(36, 360)).isEqualTo(Fork.PARIS);
    assertThat(forks.at(39, 390)).isEqualTo(Fork.SHANGHAI);
    assertThat(forks.at(50, 509)).isEqualTo(Fork.OSAKA);
    assertThat(forks.at(60, 600)).isEqualTo(Fork.BPO1);
    assertThat(forks.blobParams(Fork.BPO1)).isEqualTo(new BlobParams(10, 15, 8_346_193));
  }

  @Test
  void takesAChainThatBeginsAfterTheMerge() {
    ForkSchedule forks =
        parse(
            "{'londonBlock':0,'terminalTotalDifficulty':0,'shanghaiTime':0,'cancunTime':0,"
                + "'pragueTime':0,'blobSchedule':{'cancun':{'target':3,'max':6,"
                + "'baseFeeUpdateFraction':3338477},'prague':{'target':1,'max':2,"
                + "'baseFeeUpdateFraction':5}},"
                + "'depositContractAddress':'0x00000000000000000000000000000000000000dd'}");

    assertThat(forks.at(0, 0)).isEqualTo(Fork.PRAGUE);
    assertThat(forks.blobParams(Fork.PRAGUE)).isEqualTo(new BlobParams(1, 2, 5));
    assertThat(forks.blobParams(Fork.OSAKA)).isEqualTo(new BlobParams(1, 2, 5));
    assertThat(forks.depositContract()).isEqualTo(Address.ofLong(0xdd));
  }

  @Test
  void fillsForksThatWereLeftOut() {
    ForkSchedule forks = parse("{'terminalTotalDifficulty':0,'cancunTime':7}");

    assertThat(forks.at(0, 6)).isEqualTo(Fork.PARIS);
    assertThat(forks.at(1, 7)).isEqualTo(Fork.CANCUN);
    assertThat(forks.startOf(Fork.SHANGHAI)).isEqualTo(7);
    assertThat(forks.schedules(Fork.PRAGUE)).isFalse();
  }

  @Test
  void knowsAMergeByTheDifficultyWhereNoBlockIsSaid() {
    ForkSchedule forks = parse("{'londonBlock':0,'terminalTotalDifficulty':1000}");

    assertThat(forks.at(5, 50, UInt256.of(10))).isEqualTo(Fork.LONDON);
    assertThat(forks.at(5, 50, UInt256.ZERO)).isEqualTo(Fork.PARIS);
  }

  @Test
  void namesAKeyThatIsNoNumber() {
    assertThatThrownBy(() -> parse("{'londonBlock':'soon'}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("londonBlock");
  }

  @Test
  void findsForksByEitherName() {
    assertThat(Fork.named("ConstantinopleFix")).isEqualTo(Fork.PETERSBURG);
    assertThat(Fork.named("osaka")).isEqualTo(Fork.OSAKA);
    assertThat(Fork.named("TANGERINE_WHISTLE")).isEqualTo(Fork.TANGERINE_WHISTLE);
    assertThat(Fork.named("nothing")).isNull();
  }
}
