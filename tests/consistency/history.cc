#include "consistency/history.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace coffer::consistency {
namespace {

// Commits first..last of one writer: the read shows a prefix that ends with one of them. Commit 0 is the initial state.
struct Span {
  std::size_t first = 0;
  std::size_t last = 0;
};
using Spans = std::vector<Span>;

Spans Both(const Spans& left, const Spans& right) {
  Spans both;
  for (const Span& a : left) {
    for (const Span& b : right) {
      const Span span{std::max(a.first, b.first), std::min(a.last, b.last)};
      if (span.first <= span.last) both.push_back(span);
    }
  }
  return both;
}

class Checker {
 public:
  explicit Checker(const History& history) : history_(history), writers_(history.writers.size()) {
    changes_.resize(history.registers.size());
    needs_.resize(writers_);
    for (std::size_t w = 0; w < writers_; ++w) {
      const auto& commits = history.writers[w];
      needs_[w].assign(commits.size() + 1, std::vector<std::size_t>(writers_, 0));
      for (std::size_t c = 0; c < commits.size(); ++c) AddCommit(w, c + 1, commits[c]);
    }
    LinkCommonCommits();
  }

  std::vector<std::string> Run() {
    for (std::size_t reader = 0; reader < history_.readers.size(); ++reader) CheckReader(reader);
    if (anomalies_.empty()) CheckOrder();
    return std::move(anomalies_);
  }

 private:
  struct Change {
    std::size_t commit;
    const std::string* value;
  };

  void AddCommit(std::size_t writer, std::size_t number, const CommitEvent& commit) {
    for (const Setting& setting : commit.set) changes_[setting.name].push_back({number, &setting.value});
    if (commit.is_common) {
      if (common_.size() < writers_) common_.resize(writers_);
      common_[writer].push_back(number);
    }
    // Commits that returned before this one began come before it.
    for (std::size_t other = 0; other < writers_; ++other) {
      if (other != writer) needs_[writer][number][other] = ReturnedBefore(other, commit.began);
    }
  }

  void LinkCommonCommits() {
    for (std::size_t i = 0; !common_.empty() && i < common_[0].size(); ++i) {
      for (std::size_t w = 0; w < writers_; ++w) {
        for (std::size_t other = 0; other < writers_; ++other) {
          if (other != w) Need(w, common_[w][i], other, common_[other][i] - 1);
          if (other != w) Need(w, common_[w][i] + 1, other, common_[other][i]);
        }
      }
    }
  }

  // Commit `number` of `writer`, if there is one, comes after commit `before` of `other`.
  void Need(std::size_t writer, std::size_t number, std::size_t other, std::size_t before) {
    if (number >= needs_[writer].size()) return;
    needs_[writer][number][other] = std::max(needs_[writer][number][other], before);
  }

  // The number of commits of a writer that returned before `time`, or that began before it.
  std::size_t ReturnedBefore(std::size_t writer, std::int64_t time) const {
    const auto& commits = history_.writers[writer];
    return static_cast<std::size_t>(
        std::ranges::partition_point(commits, [&](const CommitEvent& commit) { return commit.returned < time; }) -
        commits.begin());
  }
  std::size_t BegunBefore(std::size_t writer, std::int64_t time) const {
    const auto& commits = history_.writers[writer];
    return static_cast<std::size_t>(
        std::ranges::partition_point(commits, [&](const CommitEvent& commit) { return commit.began < time; }) -
        commits.begin());
  }

  // The commits in `window` after which the register has the value.
  Spans Showing(const Setting& saw, const Span& window) const {
    const auto& changes = changes_[saw.name];
    auto next = std::ranges::partition_point(changes, [&](const Change& change) { return change.commit <= window.first; });
    const std::string* value = next == changes.begin() ? &history_.registers[saw.name].initial : std::prev(next)->value;
    Spans spans;
    for (std::size_t first = window.first; first <= window.last; ++next) {
      const bool is_last = next == changes.end() || next->commit > window.last;
      const std::size_t end = is_last ? window.last + 1 : next->commit;
      if (*value == saw.value && first < end) spans.push_back({first, end - 1});
      if (is_last) break;
      first = end;
      value = next->value;
    }
    return spans;
  }

  void CheckReader(std::size_t reader) {
    std::vector<std::size_t> floor(writers_, 0);
    for (const ReadEvent& read : history_.readers[reader]) {
      if (anomalies_.size() >= kAnomaliesMax) return;
      CheckRead(reader, read, floor);
    }
  }

  void CheckRead(std::size_t reader, const ReadEvent& read, std::vector<std::size_t>& floor) {
    std::vector<Spans> shown(writers_);
    std::vector<Span> windows(writers_);
    for (std::size_t w = 0; w < writers_; ++w) {
      const std::size_t from = std::max(floor[w], ReturnedBefore(w, read.began));
      windows[w] = {from, std::max(from, BegunBefore(w, read.ended))};
      shown[w] = {windows[w]};
    }
    for (const Setting& saw : read.saw) {
      const std::size_t w = history_.registers[saw.name].writer;
      shown[w] = Both(shown[w], Showing(saw, windows[w]));
      if (shown[w].empty()) return Report(reader, read, w, windows[w]);
    }
    if (!AgreeOnCommonCommits(shown)) {
      anomalies_.push_back(NameOf(reader, read) + ": shows a common commit of some writers and not of others");
      return;
    }
    for (std::size_t w = 0; w < writers_; ++w) floor[w] = shown[w].front().first;
    for (std::size_t w = 0; w < writers_; ++w) {
      for (std::size_t other = 0; other < writers_; ++other) {
        if (other != w) Need(w, shown[w].back().last + 1, other, floor[other]);
      }
    }
  }

  // A common commit is in the prefixes of all writers or of none.
  bool AgreeOnCommonCommits(std::vector<Spans>& shown) const {
    for (std::size_t i = 0; !common_.empty() && i < common_[0].size(); ++i) {
      bool after = false;
      bool before = false;
      for (std::size_t w = 0; w < writers_; ++w) {
        after = after || shown[w].front().first >= common_[w][i];
        before = before || shown[w].back().last < common_[w][i];
      }
      if (after && before) return false;
      if (!after && !before) continue;
      for (std::size_t w = 0; w < writers_; ++w) {
        const Span side = after ? Span{common_[w][i], SIZE_MAX} : Span{0, common_[w][i] - 1};
        shown[w] = Both(shown[w], {side});
        if (shown[w].empty()) return false;
      }
    }
    return true;
  }

  // Whether one order of all commits fits all reads: takes commits one after the other, each when all before it are taken.
  void CheckOrder() {
    std::vector<std::size_t> taken(writers_, 0);
    for (bool progress = true; progress;) {
      progress = false;
      for (std::size_t w = 0; w < writers_; ++w) {
        while (taken[w] < history_.writers[w].size() && IsNext(w, taken)) {
          ++taken[w];
          progress = true;
        }
      }
    }
    for (std::size_t w = 0; w < writers_; ++w) {
      if (taken[w] == history_.writers[w].size()) continue;
      anomalies_.push_back("no order of the commits fits all reads: writer " + std::to_string(w) + " stops before commit " +
                           std::to_string(taken[w] + 1));
    }
  }

  bool IsNext(std::size_t writer, const std::vector<std::size_t>& taken) const {
    const auto& needs = needs_[writer][taken[writer] + 1];
    for (std::size_t other = 0; other < writers_; ++other) {
      if (other != writer && needs[other] > taken[other]) return false;
    }
    return true;
  }

  static std::string NameOf(std::size_t reader, const ReadEvent& read) {
    return "reader " + std::to_string(reader) + ", " + read.call;
  }

  void Report(std::size_t reader, const ReadEvent& read, std::size_t writer, const Span& window) {
    std::string text = NameOf(reader, read) + ": nothing after commits " + std::to_string(window.first) + " to " +
                       std::to_string(window.last) + " of writer " + std::to_string(writer) + " is what it shows:";
    for (const Setting& saw : read.saw) {
      const Register& shown = history_.registers[saw.name];
      if (shown.writer != writer) continue;
      text += "\n  " + shown.name + " = " + saw.value;
      const Spans spans = Showing(saw, window);
      if (spans.empty()) text += " (at no time)";
      for (const Span& span : spans) text += " (" + std::to_string(span.first) + ".." + std::to_string(span.last) + ")";
    }
    anomalies_.push_back(std::move(text));
  }

  const History& history_;
  const std::size_t writers_;
  std::vector<std::vector<Change>> changes_;      // by register
  std::vector<std::vector<std::size_t>> common_;  // by writer: the numbers of common commits; empty if no commit is common
  std::vector<std::vector<std::vector<std::size_t>>> needs_;  // by writer and commit: the commits of each writer before it
  std::vector<std::string> anomalies_;
};

}  // namespace

std::vector<std::string> AnomaliesOf(const History& history) { return Checker(history).Run(); }

}  // namespace coffer::consistency
