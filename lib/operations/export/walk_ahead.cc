#include "operations/export/walk_ahead.h"

#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "operations/runner/bounded_queue.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

// Large enough to make the handover cheap, small enough to stay in a cache.
constexpr std::size_t kBatchBytes = std::size_t{256} << 10;
constexpr std::size_t kBatchesAheadMax = 16;

enum class Call : std::uint8_t { kBeginConversation, kMessage, kEndConversation, kDocument, kPrompt };

// A range of the batch's bytes.
struct Stretch {
  std::size_t begin = 0;
  std::size_t length = 0;
};

// One call of the sink. Until it is replayed, ranges stand for the views of the record.
struct Event {
  Call call = Call::kEndConversation;
  std::uint32_t created_at_offset = 0;  // of a message
  std::uint64_t sequence_number = 0;    // of a message
  std::size_t about = 0;                // of other events: the index of the header
  Stretch id;
  Stretch json;
};

struct PlainHeader {
  format::StoredRecord record;  // views are empty
  Stretch owner;
  Stretch content_id;
  Stretch sha256;
};

struct ConversationHeader {
  format::ConversationText text;
  format::ConversationHead head;
};

class RecordBatch {
 public:
  std::size_t bytes() const { return bytes_.size(); }
  bool empty() const { return events_.empty(); }

  void AddConversation(std::string_view id, const format::StoredText& text, const format::ConversationHead& head) {
    conversations_.push_back({text.text, head});
    events_.push_back({Call::kBeginConversation, 0, 0, conversations_.size() - 1, Keep(id), Keep(text.json)});
  }
  void AddMessage(std::string_view id, std::uint64_t sequence_number, const format::StoredMessage& message) {
    events_.push_back({Call::kMessage, message.created_at_offset, sequence_number, 0, Keep(id), Keep(message.json)});
  }
  void AddEnd() { events_.emplace_back(); }
  void AddPlain(Call call, std::string_view id, const format::StoredRecord& record) {
    PlainHeader& header = plain_.emplace_back();
    header.record = record;
    header.owner = Keep(record.owner);
    if (record.content) {
      header.content_id = Keep(record.content->id);
      header.sha256 = Keep(record.content->sha256);
    }
    events_.push_back({call, 0, 0, plain_.size() - 1, Keep(id), Keep(record.json)});
  }

  Status Replay(RecordSink& sink) const {
    for (const Event& event : events_) {
      Status status = ReplayOne(event, sink);
      if (!status.ok()) return event.id.length == 0 ? status : status.WithContext(NameOf(event));
    }
    return Status::Ok();
  }

 private:
  Stretch Keep(std::string_view text) {
    bytes_ += text;
    return {bytes_.size() - text.size(), text.size()};
  }
  std::string_view View(const Stretch& stretch) const { return std::string_view(bytes_).substr(stretch.begin, stretch.length); }

  std::string NameOf(const Event& event) const {
    const bool plain = event.call == Call::kDocument || event.call == Call::kPrompt;
    const Kind kind = !plain ? Kind::kConversation : event.call == Call::kDocument ? Kind::kDocument : Kind::kPrompt;
    return std::string(KindName(kind)) + " " + std::string(View(event.id));
  }

  Status ReplayOne(const Event& event, RecordSink& sink) const {
    switch (event.call) {
      case Call::kBeginConversation: {
        const ConversationHeader& header = conversations_[event.about];
        return sink.BeginConversation(View(event.id), {header.text, View(event.json)}, header.head);
      }
      case Call::kMessage:
        return sink.AddMessage(View(event.id), event.sequence_number, {event.created_at_offset, View(event.json)});
      case Call::kEndConversation:
        return sink.EndConversation();
      case Call::kDocument:
        return sink.AddDocument(View(event.id), RecordOf(event));
      case Call::kPrompt:
        return sink.AddPrompt(View(event.id), RecordOf(event));
    }
    return Status::Ok();
  }

  format::StoredRecord RecordOf(const Event& event) const {
    const PlainHeader& header = plain_[event.about];
    format::StoredRecord record = header.record;
    record.owner = View(header.owner);
    record.json = View(event.json);
    if (record.content) {
      record.content->id = View(header.content_id);
      record.content->sha256 = View(header.sha256);
    }
    return record;
  }

  std::string bytes_;
  std::vector<Event> events_;
  std::vector<ConversationHeader> conversations_;
  std::vector<PlainHeader> plain_;
};

using BatchQueue = BoundedQueue<std::unique_ptr<RecordBatch>>;

// The walk's side: fills batches and passes them to the other thread.
class Ahead final : public RecordSink {
 public:
  explicit Ahead(BatchQueue& queue) : queue_(queue), batch_(std::make_unique<RecordBatch>()) {}

  Status BeginConversation(std::string_view id, const format::StoredText& text, const format::ConversationHead& head) override {
    batch_->AddConversation(id, text, head);
    return Step();
  }
  Status AddMessage(std::string_view conversation_id, std::uint64_t sequence_number,
                    const format::StoredMessage& message) override {
    batch_->AddMessage(conversation_id, sequence_number, message);
    return Step();
  }
  Status EndConversation() override {
    batch_->AddEnd();
    return Step();
  }
  Status AddDocument(std::string_view id, const format::StoredRecord& record) override {
    batch_->AddPlain(Call::kDocument, id, record);
    return Step();
  }
  Status AddPrompt(std::string_view id, const format::StoredRecord& record) override {
    batch_->AddPlain(Call::kPrompt, id, record);
    return Step();
  }

  Status HandOver() {
    const std::size_t bytes = batch_->bytes();
    if (queue_.Push(std::exchange(batch_, std::make_unique<RecordBatch>()), bytes)) return Status::Ok();
    return Status::Cancelled("export: stopped by the sink");
  }

 private:
  Status Step() { return batch_->bytes() < kBatchBytes ? Status::Ok() : HandOver(); }

  BatchQueue& queue_;
  std::unique_ptr<RecordBatch> batch_;
};

// The walking thread. The destructor joins it.
class WalkingThread {
 public:
  WalkingThread(const std::function<Status(RecordSink&)>& walk, BatchQueue& queue)
      : queue_(queue), thread_([this, &walk] { Walk(walk); }) {}
  ~WalkingThread() {
    queue_.Abandon();
    if (thread_.joinable()) thread_.join();
  }

  Status Join() {
    thread_.join();
    return std::move(status_);
  }

 private:
  void Walk(const std::function<Status(RecordSink&)>& walk) {
    try {
      Ahead ahead(queue_);
      status_ = walk(ahead);
      if (status_.ok()) status_ = ahead.HandOver();
    } catch (...) {
      status_ = StatusOfException().WithContext("export");
    }
    queue_.Finish();
  }

  BatchQueue& queue_;
  Status status_;
  std::thread thread_;
};

}  // namespace

Status WalkAhead(const std::function<Status(RecordSink&)>& walk, RecordSink& sink) {
  BatchQueue queue(kBatchesAheadMax, kWalkAheadBytesMax);
  WalkingThread walking(walk, queue);
  while (auto batch = queue.Pop()) {
    COFFER_TRY((*batch)->Replay(sink));
  }
  return walking.Join();
}

}  // namespace coffer::operations
