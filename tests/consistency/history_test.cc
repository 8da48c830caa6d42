// The checker itself: it accepts what snapshot isolation allows, and finds each kind of anomaly.
#include "consistency/history.h"

#include <gtest/gtest.h>

namespace coffer::consistency {
namespace {

// Two writers. Writer 0 changes a and b together, writer 1 changes c: to "1" at 10..20, to "2" at 30..40.
History TwoWriters() {
  History history;
  history.registers = {{"a", 0, "0"}, {"b", 0, "0"}, {"c", 1, "0"}};
  history.writers = {{{10, 20, {{0, "1"}, {1, "1"}}}, {30, 40, {{0, "2"}, {1, "2"}}}},
                     {{10, 20, {{2, "1"}}}, {30, 40, {{2, "2"}}}}};
  return history;
}

std::size_t AnomaliesIn(History history, std::vector<std::vector<ReadEvent>> readers) {
  history.readers = std::move(readers);
  return AnomaliesOf(history).size();
}

TEST(HistoryTest, ReadsOfPrefixesAreNoAnomaly) {
  EXPECT_EQ(AnomaliesIn(TwoWriters(), {{{1, 2, "", {{0, "0"}, {1, "0"}, {2, "0"}}},
                                        {12, 14, "", {{0, "1"}, {1, "1"}, {2, "0"}}},
                                        {35, 36, "", {{0, "1"}, {1, "1"}, {2, "2"}}},
                                        {37, 38, "", {{0, "2"}, {2, "2"}}}}}),
            0U);
}

TEST(HistoryTest, AReadThatJoinsTwoCommitsIsAnAnomaly) {
  EXPECT_EQ(AnomaliesIn(TwoWriters(), {{{35, 36, "", {{0, "2"}, {1, "1"}}}}}), 1U);
}

TEST(HistoryTest, AReadThatMissesAnEarlierCommitIsAnAnomaly) {
  EXPECT_EQ(AnomaliesIn(TwoWriters(), {{{25, 26, "", {{0, "0"}, {1, "0"}}}}}), 1U);
  EXPECT_EQ(AnomaliesIn(TwoWriters(), {{{25, 26, "", {{0, "1"}, {1, "1"}}}}}), 0U);
}

TEST(HistoryTest, AReadOfALaterCommitIsAnAnomaly) { EXPECT_EQ(AnomaliesIn(TwoWriters(), {{{25, 26, "", {{2, "2"}}}}}), 1U); }

TEST(HistoryTest, AReaderThatGoesBackIsAnAnomaly) {
  EXPECT_EQ(AnomaliesIn(TwoWriters(), {{{12, 13, "", {{0, "1"}}}, {14, 15, "", {{1, "0"}}}}}), 1U);
  EXPECT_EQ(AnomaliesIn(TwoWriters(), {{{12, 13, "", {{0, "1"}}}}, {{14, 15, "", {{1, "0"}}}}}), 0U)
      << "two readers may see the commit in either order while it runs";
}

TEST(HistoryTest, TwoReadsThatOrderTwoCommitsOppositelyAreAnAnomaly) {
  EXPECT_GT(AnomaliesIn(TwoWriters(), {{{12, 13, "", {{0, "1"}, {2, "0"}}}}, {{12, 13, "", {{0, "0"}, {2, "1"}}}}}), 0U);
}

TEST(HistoryTest, AReadOfPartOfACommonCommitIsAnAnomaly) {
  History history = TwoWriters();
  history.writers[0].push_back({50, 60, {{0, "0"}, {1, "0"}}, true});
  history.writers[1].push_back({50, 60, {{2, "0"}}, true});
  EXPECT_EQ(AnomaliesIn(history, {{{55, 56, "", {{0, "0"}, {2, "2"}}}}}), 1U);
  EXPECT_EQ(AnomaliesIn(history, {{{55, 56, "", {{0, "0"}, {2, "0"}}}, {70, 71, "", {{2, "0"}}}}}), 0U);
  EXPECT_EQ(AnomaliesIn(history, {{{55, 56, "", {{0, "0"}}}, {57, 58, "", {{2, "2"}}}}}), 1U);
}

}  // namespace
}  // namespace coffer::consistency
