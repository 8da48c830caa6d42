#include "format/parquet/parquet_dictionary.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "format/parquet/parquet_hybrid.h"

namespace coffer::format {
namespace {

// If most values are distinct after this many, the rest are assumed to be distinct too.
constexpr std::uint32_t kValuesToJudgeBy = 2048;
constexpr std::size_t kSlotsFirst = 1024;

// A hash table with open addressing, at most half full. A slot holds an entry's index plus 1; 0 is empty.
class DictionaryBuilder {
 public:
  explicit DictionaryBuilder(ParquetPhysical physical) : physical_(physical), slots_(kSlotsFirst) {}

  // False if the dictionary would not pay.
  bool Add(std::string_view value, std::string_view plain) {
    const std::uint64_t hash = XXH3_64bits(value.data(), value.size());
    const std::uint32_t index = Find(hash, value);
    dictionary_.indices.push_back(index);
    if (index < dictionary_.count) return true;
    if (dictionary_.values.size() + plain.size() > kParquetDictionaryBytesMax) return false;
    Insert(hash, plain);
    const std::size_t seen = dictionary_.indices.size();
    return seen < kValuesToJudgeBy || dictionary_.count < seen / 4 * 3;
  }

  ParquetDictionary Take() { return std::move(dictionary_); }

 private:
  struct Entry {
    std::uint64_t hash = 0;
    std::size_t begin = 0;  // the offset of its plain value
  };

  // The index of the value's entry; the index of the next entry if the value is new.
  std::uint32_t Find(std::uint64_t hash, std::string_view value) const {
    for (std::size_t slot = hash % slots_.size(); slots_[slot] != 0; slot = (slot + 1) % slots_.size()) {
      const Entry& entry = entries_[slots_[slot] - 1];
      if (entry.hash != hash) continue;
      std::string_view plain = std::string_view(dictionary_.values).substr(entry.begin);
      if (TakePlainValue(physical_, plain) == value) return slots_[slot] - 1;
    }
    return dictionary_.count;
  }

  void Insert(std::uint64_t hash, std::string_view plain) {
    entries_.push_back({hash, dictionary_.values.size()});
    dictionary_.values += plain;
    ++dictionary_.count;
    if (entries_.size() * 2 <= slots_.size()) return Place(entries_.size());
    slots_.assign(slots_.size() * 2, 0);
    for (std::size_t number = 1; number <= entries_.size(); ++number) Place(number);
  }

  void Place(std::size_t number) {
    std::size_t slot = entries_[number - 1].hash % slots_.size();
    while (slots_[slot] != 0) slot = (slot + 1) % slots_.size();
    slots_[slot] = static_cast<std::uint32_t>(number);
  }

  const ParquetPhysical physical_;
  ParquetDictionary dictionary_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;
};

}  // namespace

std::optional<ParquetDictionary> BuildParquetDictionary(const ParquetColumnData& column) {
  const ParquetPhysical physical = PhysicalOf(column.type());
  if (physical == ParquetPhysical::kBoolean || column.type() == ParquetType::kBytes || column.values().empty()) {
    return std::nullopt;
  }
  DictionaryBuilder builder(physical);
  for (std::string_view rest = column.values(); !rest.empty();) {
    const std::string_view before = rest;
    const std::string_view value = TakePlainValue(physical, rest);
    if (!builder.Add(value, before.substr(0, before.size() - rest.size()))) return std::nullopt;
  }
  ParquetDictionary dictionary = builder.Take();
  const auto width = static_cast<std::size_t>(ParquetBitWidth(dictionary.count - 1));
  const std::size_t bytes = dictionary.values.size() + dictionary.indices.size() * width / 8;
  if (bytes >= column.values().size()) return std::nullopt;
  return dictionary;
}

}  // namespace coffer::format
