// Figures of a benchmark run: named numbers that one process measures and another compares.
#ifndef COFFER_BENCH_FIGURES_H_
#define COFFER_BENCH_FIGURES_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace coffer::bench {

using Figures = std::map<std::string, double>;

// Seconds since construction.
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// The peak memory of this process in bytes.
double PeakMemoryBytes();

// Runs this program again with `arguments` and reads the figures that it prints. In a process of its own each contender starts
// with the same empty caches, and its peak memory can be read.
Figures RunApart(const std::vector<std::string>& arguments);
// Prints what RunApart reads.
void PrintFigures(const Figures& figures);

// The median of each figure over several runs.
Figures Median(const std::vector<Figures>& runs);

// A row of the table: what was measured, the figures with their unit, and the ratio with its limit.
struct Row {
  std::string work;
  std::string figures;
  double ratio = 0;  // 0: no ratio
  std::string against;
  double must_reach = 0;
  bool at_most = false;  // must_reach is an upper bound
};

std::string MarkdownTable(const std::vector<Row>& rows);
// One bar per row that has a ratio, with a mark at its limit.
void WriteChart(const std::filesystem::path& path, const std::string& title, const std::vector<Row>& rows);

}  // namespace coffer::bench

#endif  // COFFER_BENCH_FIGURES_H_
