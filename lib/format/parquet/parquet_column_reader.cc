#include "format/parquet/parquet_column_reader.h"

#include <utility>

#include "format/parquet/parquet_hybrid.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

Status BadLevels() { return Status::Corruption("page: malformed levels, or fewer levels than values"); }

}  // namespace

ParquetColumnReader::ParquetColumnReader(const ParquetLeaf& leaf, const RangeReader& source, const ParquetChunkPlace& place,
                                         ParquetHeldBytes& held)
    : leaf_(leaf), held_(held), pages_(source, place, held), left_(place.values) {}

ParquetColumnReader::~ParquetColumnReader() { held_.Give(page_.held_bytes + dictionary_page_.held_bytes + dictionary_held_); }

Status ParquetColumnReader::BeginPage() {
  while (page_left_ == 0) {
    COFFER_TRY(pages_.Next(page_));
    if (!page_.is_dictionary) {
      if (page_.values > left_) return Status::Corruption("the pages have more values than the metadata says");
      page_left_ = page_.values;
      std::string_view bytes = page_.bytes;
      COFFER_TRY(BeginLevels(bytes));
      COFFER_TRY(values_.Begin(leaf_.physical, page_.encoding, bytes, dictionary_));
      continue;
    }
    if (std::exchange(has_dictionary_, true)) return Status::Corruption("two dictionaries");
    dictionary_page_ = std::exchange(page_, {});
    // Four bytes for the offset of each value, in addition to the page.
    const std::size_t places = std::size_t{dictionary_page_.values} * sizeof(std::uint32_t);
    COFFER_TRY(held_.Take(places));
    dictionary_held_ = places;
    COFFER_TRY(dictionary_.Read(leaf_.physical, dictionary_page_.encoding, dictionary_page_.bytes, dictionary_page_.values));
  }
  return Status::Ok();
}

// Removes the levels from the page's bytes.
Status ParquetColumnReader::BeginLevels(std::string_view& bytes) {
  FieldReader fields(bytes);
  const auto begin = [&](std::uint8_t level_max, std::uint32_t told_bytes, HybridReader& levels) {
    if (page_.levels_have_lengths && level_max == 0) return;
    const std::uint32_t length = page_.levels_have_lengths ? fields.Number<std::uint32_t>() : told_bytes;
    levels = HybridReader(fields.Bytes(length), ParquetBitWidth(level_max));
  };
  begin(leaf_.repetition_max, page_.repetition_bytes, repetitions_);
  begin(leaf_.definition_max, page_.definition_bytes, definitions_);
  bytes = fields.rest();
  return fields.ok() ? Status::Ok() : BadLevels();
}

Status ParquetColumnReader::Peek() {
  if (peeked_) return Status::Ok();
  if (left_ == 0) return Status::Corruption("fewer values than the row group has rows");
  COFFER_TRY(BeginPage());
  definition_ = repetition_ = 0;
  if (leaf_.definition_max > 0 && !definitions_.Next(definition_)) return BadLevels();
  if (leaf_.repetition_max > 0 && !repetitions_.Next(repetition_)) return BadLevels();
  if (definition_ > leaf_.definition_max || repetition_ > leaf_.repetition_max) return BadLevels();
  peeked_ = true;
  return Status::Ok();
}

Status ParquetColumnReader::NextRow() {
  COFFER_TRY(Peek());
  if (leaf_.is_list) return ReadList();
  peeked_ = false;
  --left_;
  --page_left_;
  is_null_ = definition_ < leaf_.definition_max;
  return is_null_ ? Status::Ok() : values_.Next(value_);
}

Status ParquetColumnReader::ReadList() {
  if (repetition_ != 0) return Status::Corruption("a row starts within a list");
  items_.clear();
  item_bytes_.clear();
  is_null_ = definition_ < leaf_.defined_from;
  do {
    COFFER_TRY(AddItem());
    if (left_ == 0) break;
    COFFER_TRY(Peek());
  } while (repetition_ != 0);
  return Status::Ok();
}

// Copies the item, because the list may continue in another page.
Status ParquetColumnReader::AddItem() {
  peeked_ = false;
  --left_;
  --page_left_;
  if (definition_ < leaf_.item_from) return items_.empty() ? Status::Ok() : BadLevels();
  std::string_view value;
  const bool is_null = definition_ < leaf_.definition_max;
  if (!is_null) {
    COFFER_TRY(values_.Next(value));
  }
  if (items_.size() == kParquetListItemsMax || item_bytes_.size() + value.size() > kParquetListBytesMax) {
    return Status::ResourceExhausted("a list with more than " + std::to_string(kParquetListItemsMax) + " items or " +
                                     std::to_string(kParquetListBytesMax) + " bytes");
  }
  items_.push_back({item_bytes_.size(), value.size(), is_null});
  item_bytes_ += value;
  return Status::Ok();
}

Status ParquetColumnReader::Finish() const {
  return left_ == 0 ? Status::Ok() : Status::Corruption("more values than the row group has rows");
}

std::optional<std::string_view> ParquetColumnReader::item(std::size_t place) const {
  const Item& item = items_[place];
  if (item.is_null) return std::nullopt;
  return std::string_view(item_bytes_).substr(item.begin, item.length);
}

}  // namespace coffer::format
