// Coffer, driven like the other peers, through its public headers alone.
#ifndef COFFER_BENCH_COFFER_PEER_H_
#define COFFER_BENCH_COFFER_PEER_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/conversation.h"
#include "coffer/engine.h"
#include "corpus.h"
#include "peers/sqlite_peer.h"

namespace coffer::bench {

// A conversation as a host application holds it.
struct HostConversation {
  coffer::Conversation conversation;
  std::vector<coffer::Message> messages;
};

HostConversation MakeHostConversation(const Conversation& conversation);

// The conversation with its messages as a line of NDJSON.
std::string ConversationLine(const Conversation& conversation);

// One open store. Owned and called by one thread.
class CofferPeer {
 public:
  explicit CofferPeer(const std::filesystem::path& directory);
  ~CofferPeer();

  // One durable commit.
  void Ingest(std::span<const HostConversation> batch);
  // The conversation with its messages as one JSON text; returns its bytes.
  std::size_t Read(std::string_view id);
  // One durable commit. Returns how many existed with that owner and were deleted.
  std::size_t DeleteOwned(std::span<const OwnedId> batch);
  std::uint64_t ExportJson(const std::filesystem::path& path);
  void Compact();
  // Bytes of the live store on disk.
  std::uint64_t size_bytes();

  Engine& engine() { return *engine_; }

 private:
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Batch> writes_;  // emptied by each commit; its memory is reused
};

}  // namespace coffer::bench

#endif  // COFFER_BENCH_COFFER_PEER_H_
