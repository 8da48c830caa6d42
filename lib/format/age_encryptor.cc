#include <array>
#include <optional>
#include <utility>

#include "format/age.h"
#include "format/age_header.h"
#include "format/age_stream.h"

namespace coffer::format {

struct AgeEncryptor::State {
  explicit State(ByteSink to) : sink(std::move(to)) {
    waiting.reserve(kAgeChunkBytes);
    sealed.resize(kAgeSealedChunkBytes);
  }

  Status Prepare(std::span<const AgeRecipient> recipients);
  Status SendHeader();
  Status Seal(std::string_view chunk, bool last);
  Status Write(std::string_view bytes);

  ByteSink sink;
  std::string header;  // and the payload's nonce; empty once sent
  std::optional<ChaChaPoly> cipher;
  std::uint64_t chunk = 0;
  std::string waiting;  // what may be the last chunk
  std::string sealed;
  Status status;  // the first failure stays
};

Status AgeEncryptor::State::Prepare(std::span<const AgeRecipient> recipients) {
  AgeFileKey file_key;
  if (Status filled = FillRandom(file_key.bytes); !filled.ok()) return filled;
  Result<std::string> composed = AgeHeader::Compose(recipients, file_key);
  if (!composed.ok()) return std::move(composed).status();
  std::array<std::uint8_t, kAgeNonceBytes> nonce_bytes;
  if (Status filled = FillRandom(nonce_bytes); !filled.ok()) return filled;
  const std::string_view nonce(reinterpret_cast<const char*>(nonce_bytes.data()), nonce_bytes.size());
  const Result<Key256> key = AgePayloadKey(file_key, nonce);
  if (!key.ok()) return key.status();
  Result<ChaChaPoly> created = ChaChaPoly::Create(*key, ChaChaPoly::Direction::kSeal);
  if (!created.ok()) return std::move(created).status();
  cipher = *std::move(created);
  header = *std::move(composed);
  header += nonce;
  return Status::Ok();
}

Status AgeEncryptor::State::SendHeader() {
  const std::string text = std::exchange(header, {});
  return text.empty() ? Status::Ok() : sink(text);
}

Status AgeEncryptor::State::Seal(std::string_view plain, bool last) {
  if (Status sealed_chunk = cipher->Seal(AgeChunkNonce(chunk++, last), plain, sealed.data()); !sealed_chunk.ok()) {
    return sealed_chunk;
  }
  return sink(std::string_view(sealed).substr(0, plain.size() + ChaChaPoly::kTagBytes));
}

// A full chunk waits until a byte follows, since only then it is known not to be the last. Whole chunks of what is given are
// sealed where they stand.
Status AgeEncryptor::State::Write(std::string_view bytes) {
  if (Status sent = SendHeader(); !sent.ok()) return sent;
  while (!bytes.empty()) {
    if (waiting.size() == kAgeChunkBytes) {
      if (Status written = Seal(waiting, false); !written.ok()) return written;
      waiting.clear();
    }
    if (waiting.empty() && bytes.size() > kAgeChunkBytes) {
      if (Status written = Seal(bytes.substr(0, kAgeChunkBytes), false); !written.ok()) return written;
      bytes.remove_prefix(kAgeChunkBytes);
      continue;
    }
    const std::string_view piece = bytes.substr(0, kAgeChunkBytes - waiting.size());
    waiting += piece;
    bytes.remove_prefix(piece.size());
  }
  return Status::Ok();
}

AgeEncryptor::AgeEncryptor(std::span<const AgeRecipient> recipients, ByteSink sink)
    : state_(std::make_unique<State>(std::move(sink))) {
  state_->status = state_->Prepare(recipients);
}
AgeEncryptor::~AgeEncryptor() = default;

Status AgeEncryptor::Write(std::string_view bytes) {
  if (state_->status.ok()) state_->status = state_->Write(bytes);
  return state_->status;
}

Status AgeEncryptor::Finish() {
  if (state_->status.ok()) state_->status = state_->SendHeader();
  if (state_->status.ok()) state_->status = state_->Seal(state_->waiting, true);
  Status finished = state_->status;
  if (finished.ok()) state_->status = Status::Internal("age: the file has ended");
  return finished;
}

}  // namespace coffer::format
