#include "format/parquet/parquet_chunk.h"

#include <zlib.h>

#include <array>
#include <span>

#include "format/parquet/parquet_dictionary.h"
#include "format/parquet/parquet_hybrid.h"
#include "format/parquet/thrift_writer.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

// The part of the column that is in one page.
struct Slice {
  std::size_t level_begin = 0;
  std::size_t level_end = 0;
  std::size_t byte_begin = 0;  // of plain values
  std::size_t byte_end = 0;
  std::size_t value_begin = 0;
  std::size_t value_end = 0;
  std::uint64_t first_row = 0;
};

std::int32_t Checksum(std::string_view bytes) {
  return static_cast<std::int32_t>(::crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

void AppendLevels(std::span<const std::uint8_t> levels, std::uint8_t level_max, std::string& out) {
  std::string hybrid;
  AppendHybrid(levels, ParquetBitWidth(level_max), hybrid);
  AppendLittleEndian(static_cast<std::uint32_t>(hybrid.size()), out);
  out += hybrid;
}

std::string PackBooleans(std::string_view bytes) {
  std::string packed((bytes.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    packed[i / 8] = static_cast<char>(static_cast<unsigned char>(packed[i / 8]) | (bytes[i] != 0 ? 1U << (i % 8) : 0U));
  }
  return packed;
}

class ChunkEncoder {
 public:
  ChunkEncoder(const ParquetColumnData& column, ParquetCompressor& compressor, std::string& out, ParquetChunk& chunk)
      : column_(column),
        compressor_(compressor),
        out_(out),
        begin_(out.size()),
        chunk_(chunk),
        dictionary_(BuildParquetDictionary(column)),
        all_(column.type()) {}

  Status Run() {
    chunk_.values = column_.definitions().size();
    if (dictionary_) {
      COFFER_TRY(AppendDictionaryPage());
    }
    COFFER_TRY(AppendDataPages());
    chunk_.bytes = out_.size() - begin_;
    chunk_.statistics = all_.Statistics();
    if (ascending_ || descending_) {
      chunk_.order = ascending_ ? ParquetBoundaryOrder::kAscending : ParquetBoundaryOrder::kDescending;
    }
    return Status::Ok();
  }

 private:
  bool BeginsRow(std::size_t level) const { return column_.repetitions().empty() || column_.repetitions()[level] == 0; }

  Status AppendDataPages() {
    const ParquetPhysical physical = PhysicalOf(column_.type());
    const std::uint8_t present = DefinitionMax(column_.type());
    std::string_view rest = column_.values();
    Slice slice;
    std::uint64_t rows = 0;
    ParquetBounds bounds(column_.type());
    for (; slice.level_end < column_.definitions().size(); ++slice.level_end) {
      const bool begins_row = BeginsRow(slice.level_end);
      if (begins_row && slice.byte_end - slice.byte_begin >= kParquetPageBytes) {
        COFFER_TRY(AppendDataPage(slice, bounds));
        slice = {slice.level_end, slice.level_end, slice.byte_end, slice.byte_end, slice.value_end, slice.value_end, rows};
        bounds = ParquetBounds(column_.type());
      }
      rows += begins_row ? 1 : 0;
      if (column_.definitions()[slice.level_end] != present) {
        bounds.AddNull();
        continue;
      }
      bounds.Add(TakePlainValue(physical, rest));
      slice.byte_end = column_.values().size() - rest.size();
      ++slice.value_end;
    }
    return AppendDataPage(slice, bounds);
  }

  std::string LevelsOf(const Slice& slice) const {
    const std::size_t count = slice.level_end - slice.level_begin;
    std::string levels;
    if (!column_.repetitions().empty()) {
      AppendLevels(std::span(column_.repetitions()).subspan(slice.level_begin, count), 1, levels);
    }
    AppendLevels(std::span(column_.definitions()).subspan(slice.level_begin, count), DefinitionMax(column_.type()), levels);
    return levels;
  }

  std::string IndicesOf(const Slice& slice) const {
    const int width = ParquetBitWidth(dictionary_->count - 1);
    std::string indices(1, static_cast<char>(width));
    AppendHybrid(std::span(dictionary_->indices).subspan(slice.value_begin, slice.value_end - slice.value_begin), width,
                 indices);
    return indices;
  }

  Status AppendDataPage(const Slice& slice, const ParquetBounds& bounds) {
    const std::string_view plain = column_.values().substr(slice.byte_begin, slice.byte_end - slice.byte_begin);
    const std::string levels = LevelsOf(slice);
    std::string encoded;
    if (dictionary_) encoded = IndicesOf(slice);
    if (column_.type() == ParquetType::kBoolean) encoded = PackBooleans(plain);
    const bool is_plain = !dictionary_ && column_.type() != ParquetType::kBoolean;
    ParquetPage& page = chunk_.pages.emplace_back();
    page.offset = out_.size() - begin_;
    page.first_row = slice.first_row;
    page.statistics = bounds.Statistics();
    Watch(bounds, page.statistics);
    const auto values = static_cast<std::int32_t>(slice.level_end - slice.level_begin);
    Status status = AppendPage({levels, is_plain ? plain : encoded}, ParquetPageType::kData, [&](ThriftWriter& thrift) {
      thrift.BeginStruct(5);
      thrift.Int(1, values);
      thrift.Int(2, ParquetNumber(dictionary_ ? ParquetEncoding::kRleDictionary : ParquetEncoding::kPlain));
      thrift.Int(3, ParquetNumber(ParquetEncoding::kRle));
      thrift.Int(4, ParquetNumber(ParquetEncoding::kRle));
      AppendParquetStatistics(5, column_.type(), page.statistics, thrift);
      thrift.End();
    });
    page.bytes = out_.size() - begin_ - page.offset;
    return status;
  }

  Status AppendDictionaryPage() {
    Status status =
        AppendPage({dictionary_->values, std::string_view()}, ParquetPageType::kDictionary, [&](ThriftWriter& thrift) {
          thrift.BeginStruct(7);
          thrift.Int(1, static_cast<std::int32_t>(dictionary_->count));
          thrift.Int(2, ParquetNumber(ParquetEncoding::kPlain));
          thrift.End();
        });
    chunk_.dictionary_bytes = out_.size() - begin_;
    return status;
  }

  template <typename HeaderOfType>
  Status AppendPage(const std::array<std::string_view, 2>& pieces, ParquetPageType type, const HeaderOfType& append_header) {
    body_.clear();
    COFFER_TRY(compressor_.Append(pieces, body_));
    const std::size_t plain_bytes = pieces[0].size() + pieces[1].size();
    const std::size_t header_begin = out_.size();
    ThriftWriter thrift(out_);
    thrift.Begin();
    thrift.Int(1, ParquetNumber(type));
    thrift.Int(2, static_cast<std::int32_t>(plain_bytes));
    thrift.Int(3, static_cast<std::int32_t>(body_.size()));
    thrift.Int(4, Checksum(body_));
    append_header(thrift);
    thrift.End();
    chunk_.plain_bytes += out_.size() - header_begin + plain_bytes;
    out_ += body_;
    return Status::Ok();
  }

  // Tracks whether the bounds ascend or descend from page to page. Pages with only nulls are ignored, as in the column index.
  void Watch(const ParquetBounds& bounds, const ParquetStatistics& statistics) {
    all_.Add(bounds);
    if (statistics.all_null) return;
    if (last_) {
      const std::optional<int> order = bounds.CompareBoth(*last_);
      ascending_ = ascending_ && order && *order >= 0;
      descending_ = descending_ && order && *order <= 0;
    }
    last_ = bounds;
  }

  const ParquetColumnData& column_;
  ParquetCompressor& compressor_;
  std::string& out_;
  const std::size_t begin_;
  ParquetChunk& chunk_;
  const std::optional<ParquetDictionary> dictionary_;
  ParquetBounds all_;
  std::optional<ParquetBounds> last_;
  bool ascending_ = true;
  bool descending_ = true;
  std::string body_;
};

}  // namespace

Status AppendParquetChunk(const ParquetColumnData& column, ParquetCompressor& compressor, std::string& out,
                          ParquetChunk& chunk) {
  return ChunkEncoder(column, compressor, out, chunk).Run();
}

}  // namespace coffer::format
