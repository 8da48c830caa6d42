#include <array>
#include <memory>
#include <utility>

#include "arguments.h"
#include "coffer/import.h"
#include "engine_use.h"
#include "operations.h"

namespace coffer::c {
namespace {

ImportOptions OptionsOf(const coffer_import_options* given) {
  static constexpr std::array kFormats = {ImportFormat::kAuto,      ImportFormat::kNdjson,        ImportFormat::kCofferJson,
                                          ImportFormat::kCofferCsv, ImportFormat::kCofferParquet, ImportFormat::kChatGpt,
                                          ImportFormat::kOpenWebUi, ImportFormat::kLibreChat};
  const auto asked = ReadOptions(given);
  ImportOptions options;
  options.format = ValueOf(asked.format, kFormats, COFFER_IMPORT_AUTO, "format");
  options.mode = ConflictOf(asked.conflict, PutMode::kKeepExisting);
  options.owner = Text(asked.owner, "owner");
  options.generate_ids = asked.generate_ids != 0;
  if (asked.kind != 0) options.kind = KindOf(asked.kind);
  options.contents = Text(asked.contents, "contents");
  options.durability = DurabilityOf(asked.durability);
  return options;
}

// Releases the caller's context when the import ends, or when it could not start.
class CallbackSource : public ByteSource {
 public:
  CallbackSource(coffer_read_callback read, coffer_release_callback release, void* context)
      : read_(read), release_(release), context_(context) {}
  CallbackSource(const CallbackSource&) = delete;
  CallbackSource& operator=(const CallbackSource&) = delete;
  ~CallbackSource() override {
    if (release_ != nullptr) release_(context_);
  }

  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    const std::int64_t read = read_(context_, buffer, length);
    if (read < 0) return Status::IoError("the read callback failed");
    if (static_cast<std::uint64_t>(read) > length)
      return Status::InvalidArgument("the read callback returned more bytes than the buffer holds");
    return static_cast<std::size_t>(read);
  }

 private:
  const coffer_read_callback read_;
  const coffer_release_callback release_;
  void* const context_;
};

}  // namespace
}  // namespace coffer::c

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

coffer_status coffer_start_import(coffer_engine* engine, const coffer_text* files, size_t files_count,
                                  const coffer_import_options* options, coffer_text principal, coffer_operation** operation,
                                  coffer_error** error) {
  return CallFor(operation, error, [&] {
    const EngineUse use(engine);
    const auto paths = Texts(files, files_count, "files");
    if (paths.empty()) Refuse("files: empty");
    return NewOperation(coffer::StartImport(*use, paths, OptionsOf(options), Start(principal)));
  });
}

coffer_status coffer_start_import_stream(coffer_engine* engine, coffer_read_callback read, coffer_release_callback release,
                                         void* context, coffer_text name, const coffer_import_options* options,
                                         coffer_text principal, coffer_operation** operation, coffer_error** error) {
  return CallFor(operation, error, [&] {
    auto source = std::make_unique<CallbackSource>(read, release, context);
    if (read == nullptr) Refuse("read is NULL");
    const EngineUse use(engine);
    return NewOperation(coffer::StartImport(*use, std::move(source), Text(name, "name"), OptionsOf(options), Start(principal)));
  });
}
