// The limits of the data model. Beyond a limit a call fails with kInvalidArgument or kResourceExhausted and names the limit;
// nothing is truncated silently.
#pragma once

#include <cstddef>
#include <cstdint>

namespace coffer {

// An id has 1 to this many bytes: printable ASCII without blank and '/'.
inline constexpr std::size_t kIdBytesMax = 128;
// Characters (Unicode code points) of a conversation's or a document's title.
inline constexpr std::size_t kTitleCharactersMax = 255;
// Characters of a prompt's name.
inline constexpr std::size_t kNameCharactersMax = 255;
// Tags of one record.
inline constexpr std::size_t kTagsMax = 1024;
// Nesting depth of a JSON value.
inline constexpr int kJsonDepthMax = 256;

// Bytes of one record as JSON, without the messages of a conversation or the content of a document.
inline constexpr std::size_t kRecordBytesMax = std::size_t{64} << 20;
// Bytes of a message's content.
inline constexpr std::size_t kMessageContentBytesMax = std::size_t{32} << 20;
// Bytes of a document's content.
inline constexpr std::uint64_t kDocumentContentBytesMax = std::uint64_t{4} << 30;

// Bytes of one chunk, in which contents are stored. The last chunk of a content may be shorter.
inline constexpr std::size_t kContentChunkBytes = std::size_t{1} << 20;

// Bytes and entries of one Batch, which is one atomic commit and is in memory until then.
inline constexpr std::size_t kBatchBytesMax = std::size_t{96} << 20;
inline constexpr std::size_t kBatchEntriesMax = 200'000;

// Items and bytes of one page of a listing. A page may exceed the bytes by one item.
inline constexpr std::size_t kPageItemsMax = 10'000;
inline constexpr std::size_t kPageBytesMax = std::size_t{64} << 20;

// Records of one commit of a bulk delete. Each takes at most about 260 keys; more messages are deleted as one range.
inline constexpr std::size_t kDeleteBatchRecordsMax = 500;
// Records that Engine::BulkDelete deletes within the call. More are deleted by an operation, which a crash does not end.
inline constexpr std::size_t kDeleteInlineRecordsMax = 20 * kDeleteBatchRecordsMax;
// Ids of one bulk delete.
inline constexpr std::size_t kBulkDeleteIdsMax = 1'000'000;

}  // namespace coffer
