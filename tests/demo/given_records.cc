#include "given_records.h"

#include <archive.h>
#include <archive_entry.h>
#include <zstd.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>

namespace coffer::demo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDifferencesShownMax = 20;

std::string Unpack(const std::string& packed, const fs::path& path) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
  std::string plain;
  std::string piece(ZSTD_DStreamOutSize(), '\0');
  ZSTD_inBuffer input{packed.data(), packed.size(), 0};
  std::size_t left = 1;
  while (input.pos < input.size) {
    ZSTD_outBuffer output{piece.data(), piece.size(), 0};
    left = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(left)) throw std::runtime_error(path.string() + ": " + ZSTD_getErrorName(left));
    plain.append(piece.data(), output.pos);
  }
  while (left != 0) {
    ZSTD_outBuffer output{piece.data(), piece.size(), 0};
    left = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(left) || output.pos == 0) throw std::runtime_error(path.string() + ": ends inside a zstd frame");
    plain.append(piece.data(), output.pos);
  }
  return plain;
}

// "x.ndjson.zst" if it exists, else "x.ndjson".
fs::path PackedOrPlain(const fs::path& plain) {
  const fs::path packed = plain.string() + ".zst";
  return fs::exists(packed) ? packed : plain;
}

std::map<std::string, Json> ReadRecords(const fs::path& path) {
  std::map<std::string, Json> records;
  std::istringstream lines(ReadPlain(PackedOrPlain(path)));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    Json record = Json::parse(line);
    std::string id = record.at("id");
    records.emplace(std::move(id), std::move(record));
  }
  return records;
}

std::map<std::string, std::string> ReadFolder(const fs::path& folder) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) contents[fs::relative(entry.path(), folder).generic_string()] = ReadPlain(entry.path());
  }
  return contents;
}

std::map<std::string, std::string> ReadTar(const fs::path& path) {
  const std::string bytes = ReadPlain(path);
  const std::unique_ptr<archive, decltype(&archive_read_free)> tar(archive_read_new(), &archive_read_free);
  archive_read_support_format_tar(tar.get());
  if (archive_read_open_memory(tar.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    throw std::runtime_error(path.string() + ": " + archive_error_string(tar.get()));
  }
  std::map<std::string, std::string> contents;
  archive_entry* entry = nullptr;
  int status = ARCHIVE_OK;
  // A warning: the name cannot be converted to the process's locale, which is not needed here.
  while ((status = archive_read_next_header(tar.get(), &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN) {
    if (archive_entry_filetype(entry) != AE_IFREG) continue;
    std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    const la_ssize_t read = archive_read_data(tar.get(), content.data(), content.size());
    if (read != static_cast<la_ssize_t>(content.size())) throw std::runtime_error(path.string() + ": a file is too short");
    const char* name = archive_entry_pathname_utf8(entry);
    if (name == nullptr) name = archive_entry_pathname(entry);
    if (name == nullptr) throw std::runtime_error(path.string() + ": a file has no name");
    contents[name] = std::move(content);
  }
  if (status != ARCHIVE_EOF) throw std::runtime_error(path.string() + ": " + archive_error_string(tar.get()));
  return contents;
}

// Members that the engine may add to a record: derived ones, and defaults of missing ones.
const std::set<std::string>& AddedMembers() {
  static const std::set<std::string> members = {
      "message_count", "last_message_at", "conversation_id",   "file_size",  "file_hash", "status",
      "prompt_type",   "category",        "template_format",   "version",    "is_latest", "is_public",
      "usage_count",   "document_type",   "original_filename", "created_at", "updated_at"};
  return members;
}

}  // namespace

std::string ReadPlain(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error(path.string() + ": cannot be read");
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  return path.extension() == ".zst" ? Unpack(bytes, path) : bytes;
}

GivenRecords::GivenRecords(const fs::path& data_set)
    : conversations_(ReadRecords(data_set / "conversations.ndjson")),
      prompts_(ReadRecords(data_set / "prompts.ndjson")),
      documents_(ReadRecords(data_set / "documents/documents.ndjson")) {
  const fs::path folder = data_set / "documents/contents";
  contents_ = fs::is_directory(folder) ? ReadFolder(folder) : ReadTar(PackedOrPlain(data_set / "documents/documents.tar"));
  std::cout << "given: " << conversations_.size() << " conversations, " << prompts_.size() << " prompts, " << documents_.size()
            << " documents, " << contents_.size() << " contents\n";
}

void GivenRecords::CompareConversation(const Json& returned) {
  const Json given = Take(conversations_, returned);
  if (given.is_null()) return;
  const std::string what = "conversation " + given.at("id").get<std::string>();
  CompareMembers(given, returned, what);
  CompareMessages(given.at("messages"), returned.at("messages"), what);
  if (returned.at("message_count") != given.at("messages").size()) Differ(what + ": message_count");
  ++conversations_equal_;
}

void GivenRecords::ComparePrompt(const Json& returned) {
  const Json given = Take(prompts_, returned);
  if (given.is_null()) return;
  CompareMembers(given, returned, "prompt " + given.at("id").get<std::string>());
  text_bytes_ += returned.at("content").get_ref<const std::string&>().size();
  ++prompts_compared_;
}

void GivenRecords::CompareDocument(const Json& returned, const std::string& content) {
  const Json given = Take(documents_, returned);
  if (given.is_null()) return;
  const std::string what = "document " + given.at("id").get<std::string>();
  CompareMembers(given, returned, what);
  const std::string& expected = contents_.at(given.at("filename"));
  if (content != expected) Differ(what + ": content");
  if (returned.at("file_size") != expected.size()) Differ(what + ": file_size");
  content_bytes_ += content.size();
  ++documents_compared_;
}

Json GivenRecords::Take(Records& records, const Json& returned) {
  const std::string id = returned.at("id");
  auto node = records.extract(id);
  if (node.empty()) {
    Differ(id + ": came back twice, or was never given");
    return nullptr;
  }
  return std::move(node.mapped());
}

void GivenRecords::CompareMembers(const Json& given, const Json& returned, const std::string& what) {
  for (const auto& [name, value] : given.items()) {
    if (name == "messages") continue;
    if (!returned.contains(name) || returned.at(name) != value) Differ(what + ": " + name);
  }
  for (const auto& [name, value] : returned.items()) {
    const bool carried = name == "messages" || name == "content_base64";
    if (!carried && !given.contains(name) && !AddedMembers().contains(name)) Differ(what + ": " + name + " was never given");
  }
}

void GivenRecords::CompareMessages(const Json& given, const Json& returned, const std::string& what) {
  if (given.size() != returned.size()) {
    Differ(what + ": " + std::to_string(returned.size()) + " messages of " + std::to_string(given.size()));
    return;
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    CompareMembers(given[i], returned[i], what + ", message " + std::to_string(i));
    text_bytes_ += returned[i].at("content").get_ref<const std::string&>().size();
    ++messages_compared_;
  }
}

void GivenRecords::Differ(const std::string& problem) {
  if (++differences_ <= kDifferencesShownMax) std::cout << "DIFFERS  " << problem << '\n';
}

bool GivenRecords::Report(std::ostream& out) const {
  const std::size_t missing = conversations_.size() + prompts_.size() + documents_.size();
  out << "compared: " << conversations_equal_ << " conversations, " << messages_compared_ << " messages, " << prompts_compared_
      << " prompts, " << documents_compared_ << " documents; " << text_bytes_ << " bytes of text, " << content_bytes_
      << " bytes of contents\n";
  out << (differences_ + missing == 0 ? "all equal" : "NOT EQUAL") << ": " << differences_ << " differences, " << missing
      << " records missing\n";
  // A comparison of nothing proves nothing.
  return differences_ + missing == 0 && conversations_equal_ > 0;
}

}  // namespace coffer::demo
