// ParquetColumnReader: reads one column of a row group row by row.
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

// Limits of one row's list: the bytes of all items together, and the number of items.
inline constexpr std::size_t kParquetListBytesMax = std::size_t{64} << 20;
inline constexpr std::size_t kParquetListItemsMax = std::size_t{1} << 20;

// Leaf, source and held bytes must outlive the reader. Memory: a page, a dictionary and a list. One thread at a time.
class ParquetColumnReader {
 public:
  ParquetColumnReader(const ParquetLeaf& leaf, const RangeReader& source, const ParquetChunkPlace& place,
                      ParquetHeldBytes& held);
  ~ParquetColumnReader();
  ParquetColumnReader(const ParquetColumnReader&) = delete;
  ParquetColumnReader& operator=(const ParquetColumnReader&) = delete;

  // Reads the next row. kCorruption: no rows are left, or the data is damaged. Other errors as in ParquetPageReader and
  // ParquetValueReader.
  Status NextRow();
  // Call after the last row. kCorruption: values are left.
  Status Finish() const;

  // The current row's value; valid until the next row. A list that is not null may have no items.
  bool is_null() const { return is_null_; }
  std::string_view value() const { return value_; }
  std::size_t items() const { return items_.size(); }
  // Nullopt for a null item.
  std::optional<std::string_view> item(std::size_t place) const;

 private:
  struct Item {
    std::size_t begin = 0;
    std::size_t length = 0;
    bool is_null = false;
  };

  // Reads the levels of the next entry; they stay valid until the entry is read.
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
  std::uint64_t left_;  // entries of the column that are not read yet
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
