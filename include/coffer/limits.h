// Every limit of the data model, by name. Exceeding one is kInvalidArgument or kResourceExhausted with the limit named;
// nothing is cut short in silence.
#pragma once

#include <cstddef>
#include <cstdint>

namespace coffer {

inline constexpr std::size_t kIdBytesMax = 128;
inline constexpr std::size_t kTitleCharactersMax = 255;
inline constexpr std::size_t kNameCharactersMax = 255;
inline constexpr std::size_t kTagsMax = 1024;
inline constexpr int kJsonDepthMax = 256;

// One record as JSON, without the messages of a conversation and without the content of a document.
inline constexpr std::size_t kRecordBytesMax = std::size_t{64} << 20;
// One message's content.
inline constexpr std::size_t kMessageContentBytesMax = std::size_t{32} << 20;
// One document's content.
inline constexpr std::uint64_t kDocumentContentBytesMax = std::uint64_t{4} << 30;

// A document's content is stored in chunks of this size; the last one may be shorter.
inline constexpr std::size_t kContentChunkBytes = std::size_t{1} << 20;

// What one Batch may hold; it is written as one atomic commit and lives in memory until then.
inline constexpr std::size_t kBatchBytesMax = std::size_t{96} << 20;
inline constexpr std::size_t kBatchEntriesMax = 200'000;

// One page of a listing.
inline constexpr std::size_t kPageItemsMax = 10'000;
inline constexpr std::size_t kPageBytesMax = std::size_t{64} << 20;

// What a bulk delete commits at once: so many records, and for each at most some 260 keys (more messages go as one range).
inline constexpr std::size_t kDeleteBatchRecordsMax = 500;
// A bulk delete of at most so many records is done within its call; a larger one is an operation, which a crash does not cut
// off.
inline constexpr std::size_t kDeleteInlineRecordsMax = 20 * kDeleteBatchRecordsMax;
// The ids that one bulk delete takes.
inline constexpr std::size_t kBulkDeleteIdsMax = 1'000'000;

}  // namespace coffer
