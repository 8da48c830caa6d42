// ParquetColumnReader: one column of a row group, row by row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "format/parquet/parquet_hybrid_reader.h"
#include "format/parquet/parquet_metadata.h"
#include "format/parquet/parquet_page_reader.h"
#include "format/parquet/parquet_value_reader.h"

namespace coffer::format {

// The items of one row's list, their bytes together, and their number.
inline constexpr std::size_t kParquetListBytesMax = std::size_t{64} << 20;
inline constexpr std::size_t kParquetListItemsMax = std::size_t{1} << 20;

// Leaf, source and held bytes must outlive it. Memory: a page, a dictionary and a list. One thread at a time.
class ParquetColumnReader {
 public:
  ParquetColumnReader(const ParquetLeaf& leaf, const RangeReader& source, const ParquetChunkPlace& place,
                      ParquetHeldBytes& held);
  ~ParquetColumnReader();
  ParquetColumnReader(const ParquetColumnReader&) = delete;
  ParquetColumnReader& operator=(const ParquetColumnReader&) = delete;

  // Takes the next row. kCorruption: there is none, or it is damaged; otherwise as ParquetPageReader and ParquetValueReader.
  Status NextRow();
  // Behind the last row: kCorruption if there are values left.
  Status Finish() const;

  // Of the row taken; valid until the next one. A list that is there may have no items.
  bool is_null() const { return is_null_; }
  std::string_view value() const { return value_; }
  std::size_t items() const { return items_.size(); }
  // Nothing: a null among the items.
  std::optional<std::string_view> item(std::size_t place) const;

 private:
  struct Item {
    std::size_t begin = 0;
    std::size_t length = 0;
    bool is_null = false;
  };

  // The next entry's levels, which stay until it is taken.
  Status Peek();
  Status BeginPage();
  Status BeginLevels(std::string_view& bytes);
  Status ReadList();
  Status AddItem();

  const ParquetLeaf& leaf_;
  ParquetHeldBytes& held_;
  ParquetPageReader pages_;
  ParquetPageContent page_;
  ParquetPageContent dictionary_page_;
  ParquetDictionaryValues dictionary_;
  std::size_t dictionary_held_ = 0;
  bool has_dictionary_ = false;
  ParquetValueReader values_;
  HybridReader definitions_;
  HybridReader repetitions_;
  std::uint64_t left_;  // entries of the column
  std::uint32_t page_left_ = 0;
  bool peeked_ = false;
  std::uint32_t definition_ = 0;
  std::uint32_t repetition_ = 0;

  bool is_null_ = true;
  std::string_view value_;
  std::vector<Item> items_;
  std::string item_bytes_;
};

}  // namespace coffer::format
