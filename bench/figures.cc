#include "figures.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "require.h"

namespace coffer::bench {
namespace {

constexpr std::string_view kFiguresMark = "FIGURES ";

std::string Quoted(const std::string& argument) {
  std::string quoted = "'";
  for (char c : argument) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string Number(double value, const char* form = "%.2f") {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), form, value);
  return text.data();
}

}  // namespace

double PeakMemoryBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024;
}

Figures RunApart(const std::vector<std::string>& arguments) {
  std::string command = Quoted(std::filesystem::read_symlink("/proc/self/exe").string());
  for (const std::string& argument : arguments) command += " " + Quoted(argument);
  std::fflush(stdout);
  FILE* pipe = popen(command.c_str(), "r");
  Require(pipe != nullptr, "starting", command);
  std::string text;
  std::array<char, 4096> buffer{};
  while (std::size_t length = std::fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), length);
  Require(pclose(pipe) == 0, "running", command);
  const std::size_t at = text.rfind(kFiguresMark);
  Require(at != std::string::npos, "figures of", command);
  return nlohmann::json::parse(text.substr(at + kFiguresMark.size())).get<Figures>();
}

void PrintFigures(const Figures& figures) {
  std::printf("%s%s\n", std::string(kFiguresMark).c_str(), nlohmann::json(figures).dump().c_str());
}

Figures Median(const std::vector<Figures>& runs) {
  Figures medians;
  for (const auto& [name, first] : runs.front()) {
    std::vector<double> values;
    for (const Figures& run : runs) values.push_back(run.at(name));
    std::sort(values.begin(), values.end());
    medians[name] = values[values.size() / 2];
  }
  return medians;
}

std::string MarkdownTable(const std::vector<Row>& rows) {
  std::string text = "| work | measured | ratio | must reach |\n|---|---|---|---|\n";
  for (const Row& row : rows) {
    text += "| " + row.work + " | " + row.figures + " | ";
    if (row.ratio > 0) text += Number(row.ratio) + " " + row.against;
    text += " | ";
    if (row.must_reach > 0) {
      const bool reached = row.at_most ? row.ratio <= row.must_reach : row.ratio >= row.must_reach;
      text += std::string(row.at_most ? "≤ " : "≥ ") + Number(row.must_reach) + (reached ? "" : " **missed**");
    }
    text += " |\n";
  }
  return text;
}

void WriteChart(const std::filesystem::path& path, const std::string& title, const std::vector<Row>& rows) {
  constexpr int kRowHeight = 26;
  constexpr int kLabelWidth = 430;
  constexpr int kBarWidth = 420;
  double scale_max = 1;
  int shown = 0;
  for (const Row& row : rows) {
    if (row.ratio <= 0) continue;
    ++shown;
    scale_max = std::max({scale_max, row.ratio, row.must_reach});
  }
  const auto x_of = [&](double ratio) { return kLabelWidth + ratio / scale_max * kBarWidth; };
  std::ofstream svg(path);
  svg << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << kLabelWidth + kBarWidth + 90 << "\" height=\""
      << (shown + 2) * kRowHeight
      << "\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      << "<text x=\"8\" y=\"18\" font-weight=\"bold\">" << title << "</text>\n";
  int y = kRowHeight;
  for (const Row& row : rows) {
    if (row.ratio <= 0) continue;
    const bool reached = row.must_reach <= 0 || (row.at_most ? row.ratio <= row.must_reach : row.ratio >= row.must_reach);
    svg << "<text x=\"8\" y=\"" << y + 17 << "\">" << row.work << " (" << row.against << ")</text>\n<rect x=\"" << kLabelWidth
        << "\" y=\"" << y + 5 << "\" width=\"" << x_of(row.ratio) - kLabelWidth << "\" height=\"16\" fill=\""
        << (reached ? "#4878a8" : "#c05040") << "\"/>\n<text x=\"" << x_of(row.ratio) + 4 << "\" y=\"" << y + 17 << "\">"
        << Number(row.ratio) << "</text>\n";
    if (row.must_reach > 0) {
      svg << "<line x1=\"" << x_of(row.must_reach) << "\" x2=\"" << x_of(row.must_reach) << "\" y1=\"" << y + 2 << "\" y2=\""
          << y + 24 << "\" stroke=\"black\" stroke-width=\"2\"/>\n";
    }
    y += kRowHeight;
  }
  svg << "</svg>\n";
  Require(svg.good(), "writing", path.string());
}

}  // namespace coffer::bench
