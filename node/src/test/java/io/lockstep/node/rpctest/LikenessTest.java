// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpctest;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How answers are held against what is expected: what passes, and above all what does not. */
class LikenessTest {
  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  private static @Nullable String answers(String expected, String actual) {
    return Likeness.answers(json(expected), json(actual));
  }

  private static @Nullable String shapes(String expected, String actual) {
    return Likeness.shapes(json(expected), json(actual));
  }

  @Test
  void resultsAreComparedAsJson() {
    assertThat(answers("{'result':{'a':1,'b':[2]}}", "{'id':1,'result':{'b':[2],'a':1.0}}"))
        .isNull();
    assertThat(answers("{'result':{'a':1}}", "{'result':{'a':2}}")).contains("result.a");
    assertThat(answers("{'result':{'a':1}}", "{'result':{'a':1,'b':1}}"))
        .contains("unexpected field b");
    assertThat(answers("{'result':{'a':1,'b':1}}", "{'result':{'a':1}}")).contains("no field b");
    assertThat(answers("{'result':[1,2]}", "{'result':[2,1]}")).contains("result[0]");
    assertThat(answers("{'result':[1,2]}", "{'result':[1]}")).contains("2 items");
    assertThat(answers("{'result':'0x1'}", "{'result':'0x01'}")).isNotNull();
    assertThat(answers("{'result':null}", "{'result':null}")).isNull();
    assertThat(answers("{'result':null}", "{'error':{'code':1}}")).isNotNull();
  }

  @Test
  void ofAnErrorTheCodeCounts() {
    String expected = "{'error':{'code':-32000,'message':'so'}}";
    assertThat(answers(expected, "{'error':{'code':-32000,'message':'otherwise'}}")).isNull();
    assertThat(answers(expected, "{'error':{'code':-32602,'message':'so'}}")).contains("code");
    assertThat(answers(expected, "{'result':'0x'}")).isNotNull();
  }

  @Test
  void ofAShapeTypesAndFieldsCount() {
    String expected = "{'result':{'gas':'0x1','failed':false,'logs':[{'op':'ADD','n':1}]}}";
    assertThat(
            shapes(
                expected,
                "{'result':{'gas':'0x2','failed':true,'logs':[{'op':'SUB','n':3},{'op':'x','n':0}]}}"))
        .isNull();
    assertThat(shapes(expected, "{'result':{'gas':'2','failed':true,'logs':[{'op':'A','n':1}]}}"))
        .contains("result.gas");
    assertThat(shapes(expected, "{'result':{'gas':'0x2','failed':true,'logs':[{'op':'A'}]}}"))
        .contains("no field n");
    assertThat(shapes(expected, "{'result':{'gas':'0x2','failed':true,'logs':[]}}")).isNotNull();
    assertThat(shapes(expected, "{'result':{'gas':'0x2','failed':true}}")).isNotNull();
    assertThat(shapes(expected, "{'error':{'code':1,'message':''}}")).isNotNull();
    assertThat(shapes("{'result':'0x1'}", "{'result':1}")).isNotNull();
  }

  @Test
  void namesThatAreDataMayDiffer() {
    String expected = "{'result':{'0xaa':{'0':{'to':'0x1'},'1':{'to':null}}}}";
    assertThat(shapes(expected, "{'result':{'0xbb':{'7':{'to':'0x2'}}}}")).isNull();
    assertThat(shapes(expected, "{'result':{'0xbb':{'7':{'at':'0x2'}}}}")).isNotNull();
  }

  @Test
  void whatOneOfAKindLacksIsOptional() {
    String expected = "{'result':{'state':{'on':true},'logs':{'on':true,'kept':'0x1'}}}";
    assertThat(shapes(expected, "{'result':{'state':{'on':true},'logs':{'on':false}}}")).isNull();
    assertThat(shapes(expected, "{'result':{'state':{'on':true},'logs':{'kept':'0x1'}}}"))
        .isNotNull();
    assertThat(shapes(expected, "{'result':{'state':{'on':true}}}")).isNotNull();
  }
}
