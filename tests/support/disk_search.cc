#include "support/disk_search.h"

#include <zstd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>

namespace coffer {
namespace {

constexpr std::string_view kFrameMagic = "\x28\xB5\x2F\xFD";

// The decompressible part of the frame at the start of `bytes`; empty if there is no frame.
std::string Decompressed(std::string_view bytes) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
  std::string piece(ZSTD_DStreamOutSize(), '\0');
  std::string whole;
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  for (;;) {
    ZSTD_outBuffer out{piece.data(), piece.size(), 0};
    const std::size_t left = ZSTD_decompressStream(context.get(), &out, &in);
    whole.append(piece, 0, out.pos);
    if (ZSTD_isError(left) != 0 || left == 0 || (in.pos == in.size && out.pos < out.size)) return whole;
  }
}

// The file's bytes, followed by the decompressed content of every frame in them.
std::string Readable(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::string readable = bytes;
  for (std::size_t at = bytes.find(kFrameMagic); at != std::string::npos; at = bytes.find(kFrameMagic, at + 1)) {
    readable += '\n' + Decompressed(std::string_view(bytes).substr(at));
  }
  return readable;
}

template <typename Visit>
void ForEachFile(const std::string& folder, const std::string& except, const Visit& visit) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (entry.is_regular_file() && (except.empty() || path.find(except) == std::string::npos)) visit(path);
  }
}

}  // namespace

std::vector<std::string> FilesWithText(const std::string& folder, const std::string& text, const std::string& except) {
  std::vector<std::string> found;
  ForEachFile(folder, except, [&](const std::string& path) {
    if (Readable(path).find(text) != std::string::npos) found.push_back(path);
  });
  return found;
}

std::vector<std::string> PlacesOfTexts(const std::string& folder, const std::vector<std::string>& texts,
                                       const std::string& except) {
  std::vector<std::string> found;
  ForEachFile(folder, except, [&](const std::string& path) {
    const std::string readable = Readable(path);
    for (const std::string& text : texts) {
      if (readable.find(text) != std::string::npos) found.push_back(path + ": " + text);
    }
  });
  return found;
}

}  // namespace coffer
