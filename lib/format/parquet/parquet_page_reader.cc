#include "format/parquet/parquet_page_reader.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "format/parquet/parquet_decompress.h"
#include "format/parquet/thrift_reader.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

// Most headers have a few dozen bytes; more is read only if they are longer.
constexpr std::size_t kHeaderGuesses[] = {512, std::size_t{64} << 10, kParquetPageHeaderBytesMax};

constexpr std::int64_t kInt32Max = std::numeric_limits<std::int32_t>::max();

}  // namespace

Status ParquetHeldBytes::Take(std::size_t bytes) {
  if (bytes > kParquetHeldBytesMax - held_) {
    return Status::ResourceExhausted("the pages of all columns together have more than " +
                                     std::to_string(kParquetHeldBytesMax) + " bytes");
  }
  held_ += bytes;
  return Status::Ok();
}

struct ParquetPageReader::Header {
  std::int64_t type = -1;
  std::int64_t plain_bytes = -1;
  std::int64_t bytes = -1;
  std::optional<std::uint32_t> checksum;
  bool has_details = false;  // the struct of its page type
  std::int64_t values = -1;
  std::int64_t encoding = -1;
  std::int64_t definition_encoding = ParquetNumber(ParquetEncoding::kRle);
  std::int64_t repetition_encoding = ParquetNumber(ParquetEncoding::kRle);
  std::int64_t definition_bytes = 0;
  std::int64_t repetition_bytes = 0;
  bool is_compressed = true;

  bool Read(ThriftReader& thrift);
  void ReadDetails(ThriftReader& thrift, int type_field);
  Status Check(std::uint64_t bytes_left) const;
};

bool ParquetPageReader::Header::Read(ThriftReader& thrift) {
  ThriftField field;
  thrift.Begin();
  while (thrift.Next(field)) {
    switch (field.id) {
      case 1:
        type = thrift.Int(field);
        break;
      case 2:
        plain_bytes = thrift.Int(field);
        break;
      case 3:
        bytes = thrift.Int(field);
        break;
      case 4:
        checksum = static_cast<std::uint32_t>(thrift.Int(field));
        break;
      case 5:
      case 7:
      case 8:
        if (field.type == ThriftType::kStruct) {
          ReadDetails(thrift, field.id);
          break;
        }
        [[fallthrough]];
      default:
        thrift.Skip(field.type);
    }
  }
  return thrift.ok();
}

// In all three structs the first field is the number of values. The encoding is field 4 in a data page of version 2, else
// field 2.
void ParquetPageReader::Header::ReadDetails(ThriftReader& thrift, int type_field) {
  constexpr int kData = 5;
  constexpr int kDataV2 = 8;
  has_details = true;
  ThriftField field;
  thrift.Begin();
  while (thrift.Next(field)) {
    if (field.id == 1) {
      values = thrift.Int(field);
    } else if (field.id == (type_field == kDataV2 ? 4 : 2)) {
      encoding = thrift.Int(field);
    } else if (type_field == kData && field.id == 3) {
      definition_encoding = thrift.Int(field);
    } else if (type_field == kData && field.id == 4) {
      repetition_encoding = thrift.Int(field);
    } else if (type_field == kDataV2 && field.id == 5) {
      definition_bytes = thrift.Int(field);
    } else if (type_field == kDataV2 && field.id == 6) {
      repetition_bytes = thrift.Int(field);
    } else if (type_field == kDataV2 && field.id == 7) {
      is_compressed = thrift.Bool(field);
    } else {
      thrift.Skip(field.type);
    }
  }
}

Status ParquetPageReader::Header::Check(std::uint64_t bytes_left) const {
  const auto in_range = [](std::int64_t number) { return number >= 0 && number <= kInt32Max; };
  if (!in_range(plain_bytes) || !in_range(bytes)) return Status::Corruption("page: malformed header");
  if (static_cast<std::uint64_t>(bytes) > bytes_left) return Status::Corruption("page: ends after its column");
  if (type == ParquetNumber(ParquetPageType::kIndex)) return Status::Ok();
  if (!has_details || !in_range(values) || !in_range(definition_bytes) || !in_range(repetition_bytes)) {
    return Status::Corruption("page: malformed header");
  }
  if (definition_bytes + repetition_bytes > std::min(plain_bytes, bytes))
    return Status::Corruption("page: the levels are longer than the page");
  if (static_cast<std::uint64_t>(std::max(plain_bytes, bytes)) > kParquetPageBytesMax) {
    return Status::ResourceExhausted("page: more than " + std::to_string(kParquetPageBytesMax) + " bytes");
  }
  const bool levels_are_read = definition_encoding == ParquetNumber(ParquetEncoding::kRle) &&
                               repetition_encoding == ParquetNumber(ParquetEncoding::kRle);
  return levels_are_read ? Status::Ok() : Status::InvalidArgument("page: levels in encoding BIT_PACKED are not supported");
}

Status ParquetPageReader::ReadHeader(Header& header) {
  const std::uint64_t left = place_.end - offset_;
  if (left == 0) return Status::Corruption("the pages have fewer values than the metadata says");
  std::string bytes;
  for (std::size_t guess : kHeaderGuesses) {
    bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(guess, left)));
    COFFER_TRY(ReadExactly(source_, offset_, bytes.size(), bytes.data()));
    ThriftReader thrift(bytes);
    header = Header();
    if (header.Read(thrift)) {
      offset_ += bytes.size() - thrift.rest().size();
      return header.Check(place_.end - offset_);
    }
    if (bytes.size() == left) break;
  }
  return Status::Corruption("page: malformed header");
}

Status ParquetPageReader::Next(ParquetPageContent& page) {
  held_.Give(page.held_bytes);
  page.held_bytes = 0;
  std::string().swap(page.bytes);
  Header header;
  do {
    COFFER_TRY(ReadHeader(header));
    if (header.type == ParquetNumber(ParquetPageType::kIndex)) offset_ += static_cast<std::uint64_t>(header.bytes);
  } while (header.type == ParquetNumber(ParquetPageType::kIndex));
  const bool is_v2 = header.type == ParquetNumber(ParquetPageType::kDataV2);
  page.is_dictionary = header.type == ParquetNumber(ParquetPageType::kDictionary);
  if (!is_v2 && !page.is_dictionary && header.type != ParquetNumber(ParquetPageType::kData)) {
    return Status::Corruption("page: unknown type");
  }
  page.encoding = header.encoding;
  page.values = static_cast<std::uint32_t>(header.values);
  page.levels_have_lengths = !is_v2;
  page.repetition_bytes = static_cast<std::uint32_t>(header.repetition_bytes);
  page.definition_bytes = static_cast<std::uint32_t>(header.definition_bytes);
  return ReadBody(header, page);
}

Status ParquetPageReader::ReadBody(const Header& header, ParquetPageContent& page) {
  const auto plain_bytes = static_cast<std::size_t>(header.plain_bytes);
  const auto bytes = static_cast<std::size_t>(header.bytes);
  COFFER_TRY(held_.Take(plain_bytes + bytes));
  std::string body(bytes, '\0');
  Status status = ReadExactly(source_, offset_, bytes, body.data());
  offset_ += bytes;
  if (status.ok() && header.checksum) {
    const auto found = static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const unsigned char*>(body.data()), bytes));
    if (found != *header.checksum) status = Status::Corruption("page: wrong checksum");
  }
  if (status.ok()) {
    // The levels of version 2 pages are never compressed.
    const auto levels = static_cast<std::size_t>(header.definition_bytes + header.repetition_bytes);
    page.bytes.reserve(plain_bytes);
    page.bytes.append(body, 0, levels);
    const ParquetCodec codec = header.is_compressed ? place_.codec : ParquetCodec::kUncompressed;
    status = AppendDecompressed(codec, std::string_view(body).substr(levels), plain_bytes - levels, page.bytes);
    if (!status.ok()) status = std::move(status).WithContext("page");
  }
  page.held_bytes = status.ok() ? plain_bytes : 0;
  held_.Give(plain_bytes + bytes - page.held_bytes);
  return status;
}

}  // namespace coffer::format
