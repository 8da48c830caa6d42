// Shared by the tests of long lines: lines of every kind, and imports that read nearly every line as a stream.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "operations/import/run_import.h"
#include "operations/operations_fixture.h"
#include "support/manual_clock.h"

namespace coffer::operations {

// Every line longer than this is a long one.
inline constexpr std::size_t kTinyLineBytes = 8;

inline std::string Item(const std::string& id, const std::string& more = {}) {
  return R"({"id":")" + id + R"(","role":"user","content":"of )" + id + "\"" + more + "}";
}

inline std::string ConversationLine(const std::string& id, const std::string& more) {
  return R"({"type":"conversation","id":")" + id + R"(","user_id":"u","title":"t")" + more + "}";
}

inline std::string DocumentLine(const std::string& id, const std::string& more) {
  return R"({"type":"document","id":")" + id + R"(","owner_id":"u","filename":"f")" + more + "}";
}

inline bool HasPartialFolders(const std::string& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".partial") return true;
  }
  return false;
}

class ImportLongLinesTest : public OperationsTest {
 protected:
  void SetUp() override { OpenAt("store"); }

  void OpenAt(const std::string& name, OpenOptions options = {}) {
    engine_.reset();
    options.clock = &clock_;
    Result<std::unique_ptr<Engine>> opened = Engine::Open(directory_.File(name), options);
    ASSERT_OK(opened);
    engine_ = std::move(*opened);
  }

  Result<ImportReport> Import(ByteSource& source, const ImportOptions& options = {},
                              std::size_t line_bytes_max = kTinyLineBytes) {
    return ImportWithLineLimit(engine(), source, "input", options, line_bytes_max);
  }
  ImportReport Imported(const std::string& text, const ImportOptions& options = {}, std::size_t line_bytes_max = kTinyLineBytes,
                        std::size_t step = 11) {
    TextSource source(text, step);
    Result<ImportReport> report = Import(source, options, line_bytes_max);
    EXPECT_OK(report);
    return report.ok() ? *report : ImportReport();
  }
  std::string Refusal(const std::string& line, const ImportOptions& options = {}) {
    const ImportReport report = Imported(line, options);
    EXPECT_EQ(report.failed, 1U);
    EXPECT_EQ(report.imported.conversations + report.imported.documents, 0U);
    return report.errors.empty() ? "(none)" : report.errors[0].reason;
  }

  void ExpectSound() {
    Result<IntegrityReport> report = engine().CheckIntegrity();
    ASSERT_OK(report);
    for (const IntegrityFinding& finding : report->findings) ADD_FAILURE() << finding.object << ": " << finding.problem;
    EXPECT_FALSE(HasPartialFolders(engine().folder()));
  }

  ManualClock clock_{1'700'000'000'000'000};
};

}  // namespace coffer::operations
