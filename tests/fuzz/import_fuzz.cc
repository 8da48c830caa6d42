// Any bytes as a file to import: NDJSON, our export formats, chats, ZIP, tar, zstd, age, Parquet. The first byte selects the
// options. Records are read and encoded, but not committed.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "coffer/engine.h"
#include "operations/import/import_reader.h"
#include "support/temp_directory.h"

namespace {

using namespace coffer;

constexpr ImportFormat kFormats[] = {ImportFormat::kAuto,      ImportFormat::kNdjson,        ImportFormat::kCofferJson,
                                     ImportFormat::kCofferCsv, ImportFormat::kCofferParquet, ImportFormat::kChatGpt,
                                     ImportFormat::kOpenWebUi, ImportFormat::kLibreChat};
constexpr std::size_t kLineBytesMax = 512;  // short, so that longer lines are frequent

void Require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

struct Place {
  TempDirectory folder{TempDirectory::InMemory()};
  std::string file = folder.File("input");
  std::unique_ptr<Engine> engine;
  Place() {
    Result<std::unique_ptr<Engine>> opened = Engine::Open(folder.File("store"));
    Require(opened.ok(), "the store does not open");
    engine = std::move(*opened);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Place place;
  if (size == 0) return 0;
  const unsigned choice = data[0];
  std::ofstream(place.file, std::ios::binary)
      .write(reinterpret_cast<const char*>(data + 1), static_cast<std::streamsize>(size - 1));

  ImportOptions options;
  options.format = kFormats[choice % std::size(kFormats)];
  options.owner = (choice & 8) != 0 ? "owner" : "";
  options.generate_ids = (choice & 16) != 0;
  if ((choice & 32) != 0) options.kind = Kind::kDocument;
  constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max() / 2;
  operations::ImportQueue queue(kNoLimit, kNoLimit);
  const std::atomic<bool> stop = false;
  operations::ImportReader reader(*place.engine, options, queue, kLineBytesMax, stop);
  const Status status = reader.Run({{place.file, place.folder.path(), nullptr}});
  Require(status.ok() || !status.message().empty(), "a failure without a message");
  while (const auto chunk = queue.Pop()) {
    for (const operations::ImportLine& line : (*chunk)->lines) {
      const bool refused = line.state == operations::LineState::kRefused || line.state == operations::LineState::kFileProblem;
      Require(!refused || !line.reason.empty(), "a refusal without a reason");
    }
  }
  return 0;
}
