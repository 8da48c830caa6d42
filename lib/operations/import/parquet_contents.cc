#include "operations/import/parquet_contents.h"

#include <algorithm>
#include <cstring>

#include "vocabulary/try.h"

namespace coffer::operations {

// Reads a row and sets row_waits_ if it is another document's.
Status ParquetContents::TakeRow() {
  COFFER_ASSIGN_CONTEXT(bool more, file_.NextRow(), name_);
  taken_ = 0;
  if (!more) {
    at_end_ = true;
    return Status::Ok();
  }
  const auto fail = [this](const std::string& why) {
    return Status::Corruption(name_ + ": row " + std::to_string(file_.row()) + ": " + why);
  };
  const format::ParquetColumnReader& id = file_.column(table_.document_id);
  const format::ParquetColumnReader& chunk = file_.column(table_.chunk);
  if (id.is_null() || chunk.is_null() || file_.column(table_.bytes).is_null())
    return fail("a chunk without document_id, chunk or bytes");
  row_waits_ = !in_document_ || id.value() != document_id_;
  // A number of four bytes is read as one of eight with an upper half of zeros.
  std::uint64_t number = 0;
  for (std::size_t i = chunk.value().size(); i > 0; --i)
    number = number << 8 | static_cast<unsigned char>(chunk.value()[i - 1]);
  const std::uint64_t expected = row_waits_ ? 0 : next_chunk_;
  if (number != expected) {
    return fail("chunk " + std::to_string(number) + " of document " + std::string(id.value().substr(0, 128)) + ", expected " +
                std::to_string(expected));
  }
  next_chunk_ = expected + 1;
  return Status::Ok();
}

Result<bool> ParquetContents::Next(std::string& document_id) {
  while (!at_end_ && !row_waits_) {
    COFFER_TRY(TakeRow());
  }
  if (at_end_) return false;
  row_waits_ = false;
  in_document_ = true;
  document_id = document_id_ = file_.column(table_.document_id).value();
  return true;
}

Result<std::size_t> ParquetContents::Read(char* buffer, std::size_t length) {
  while (!at_end_ && !row_waits_ && taken_ == bytes().size()) {
    COFFER_TRY(TakeRow());
  }
  if (at_end_ || row_waits_) return std::size_t{0};
  const std::size_t take = std::min(length, bytes().size() - taken_);
  std::memcpy(buffer, bytes().data() + taken_, take);
  taken_ += take;
  return take;
}

}  // namespace coffer::operations
