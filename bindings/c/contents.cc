#include "contents.h"

#include <algorithm>
#include <span>

#include "arguments.h"
#include "coffer/limits.h"
#include "snapshots.h"
#include "texts.h"

namespace coffer::c {
namespace {

ContentWriter& Open(coffer_content_writer* writer) {
  if (!Given(writer, "the content writer").writer) Refuse("a put took the content of this writer");
  return *writer->writer;
}

}  // namespace

ContentWriter Taken(coffer_content_writer* writer, const EngineUse& use) {
  if (!Given(writer, "the content writer").use.IsOf(use)) Refuse("the content writer belongs to another engine");
  ContentWriter taken = std::move(Open(writer));
  writer->writer.reset();
  return taken;
}

}  // namespace coffer::c

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

coffer_status coffer_content_writer_new(coffer_engine* engine, coffer_content_writer** writer, coffer_error** error) {
  return CallFor(writer, error, [&] {
    EngineUse use(engine);
    auto content = Value(use->NewContent());
    return std::make_unique<coffer_content_writer>(coffer_content_writer{std::move(use), std::move(content)});
  });
}

void coffer_content_writer_free(coffer_content_writer* writer) { delete writer; }

coffer_status coffer_content_writer_append(coffer_content_writer* writer, const void* bytes, size_t length,
                                           coffer_error** error) {
  return Call(error, [&] {
    CheckSpan(bytes, length, "bytes");
    if (length > coffer::kDocumentContentBytesMax) {
      throw Failure{coffer::Status::ResourceExhausted("bytes: more than kDocumentContentBytesMax")};
    }
    Check(Open(writer).Append({static_cast<const char*>(bytes), length}));
  });
}

coffer_status coffer_content_writer_finish(coffer_content_writer* writer, coffer_error** error) {
  return Call(error, [&] { Check(Open(writer).Finish()); });
}

uint64_t coffer_content_writer_size(const coffer_content_writer* writer) {
  return writer == nullptr || !writer->writer ? 0 : writer->writer->size_bytes();
}

coffer_text coffer_content_writer_sha256(const coffer_content_writer* writer) {
  return writer == nullptr || !writer->writer ? NoText() : Out(writer->writer->sha256());
}

coffer_status coffer_content_reader_open(coffer_engine* engine, coffer_text document_id, const coffer_snapshot* snapshot,
                                         coffer_content_reader** reader, coffer_error** error) {
  return CallFor(reader, error, [&] {
    EngineUse use(engine);
    auto content = Value(use->OpenContent(View(document_id, "document_id"), {.snapshot = At(snapshot, use)}));
    return std::make_unique<coffer_content_reader>(coffer_content_reader{std::move(use), std::move(content)});
  });
}

void coffer_content_reader_free(coffer_content_reader* reader) { delete reader; }

uint64_t coffer_content_reader_size(const coffer_content_reader* reader) {
  return reader == nullptr ? 0 : reader->reader.size_bytes();
}

coffer_text coffer_content_reader_sha256(const coffer_content_reader* reader) {
  return reader == nullptr ? NoText() : Out(reader->reader.sha256());
}

coffer_status coffer_content_reader_seek(coffer_content_reader* reader, uint64_t offset, coffer_error** error) {
  return Call(error, [&] { Given(reader, "the content reader").reader.Seek(offset); });
}

coffer_status coffer_content_reader_read(coffer_content_reader* reader, void* buffer, size_t length, size_t* bytes_read,
                                         coffer_error** error) {
  if (bytes_read != nullptr) *bytes_read = 0;
  return Call(error, [&] {
    auto& open = Given(reader, "the content reader").reader;
    Given(bytes_read, "bytes_read");
    CheckSpan(buffer, length, "buffer");
    *bytes_read = Value(open.Read(std::span(static_cast<char*>(buffer), length)));
  });
}
