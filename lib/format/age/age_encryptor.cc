#include <array>
#include <optional>
#include <utility>

#include "format/age/age.h"
#include "format/age/age_header.h"
#include "format/age/age_stream.h"
#include "vocabulary/try.h"

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
  std::string header;  // with the payload's nonce; empty once sent
  std::optional<ChaChaPoly> cipher;
  std::uint64_t chunk = 0;
  std::string waiting;  // bytes of the next chunk, which may be the last one
  std::string sealed;
  Status status;  // the first failure
};

Status AgeEncryptor::State::Prepare(std::span<const AgeRecipient> recipients) {
  AgeFileKey file_key;
  COFFER_TRY(FillRandom(file_key.bytes));
  COFFER_ASSIGN(std::string composed, AgeHeader::Compose(recipients, file_key));
  std::array<std::uint8_t, kAgeNonceBytes> nonce_bytes;
  COFFER_TRY(FillRandom(nonce_bytes));
  const std::string_view nonce(reinterpret_cast<const char*>(nonce_bytes.data()), nonce_bytes.size());
  COFFER_ASSIGN(const Key256 key, AgePayloadKey(file_key, nonce));
  COFFER_ASSIGN(ChaChaPoly created, ChaChaPoly::Create(key, ChaChaPoly::Direction::kSeal));
  cipher = std::move(created);
  header = std::move(composed);
  header += nonce;
  return Status::Ok();
}

Status AgeEncryptor::State::SendHeader() {
  const std::string text = std::exchange(header, {});
  return text.empty() ? Status::Ok() : sink(text);
}

Status AgeEncryptor::State::Seal(std::string_view plain, bool last) {
  COFFER_TRY(cipher->Seal(AgeChunkNonce(chunk++, last), plain, sealed.data()));
  return sink(std::string_view(sealed).substr(0, plain.size() + ChaChaPoly::kTagBytes));
}

// A full chunk waits until another byte follows, because only then is it known not to be the last. Whole chunks are sealed
// from `bytes` without a copy.
Status AgeEncryptor::State::Write(std::string_view bytes) {
  COFFER_TRY(SendHeader());
  while (!bytes.empty()) {
    if (waiting.size() == kAgeChunkBytes) {
      COFFER_TRY(Seal(waiting, false));
      waiting.clear();
    }
    if (waiting.empty() && bytes.size() > kAgeChunkBytes) {
      COFFER_TRY(Seal(bytes.substr(0, kAgeChunkBytes), false));
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
  if (finished.ok()) state_->status = Status::Internal("age: write after Finish");
  return finished;
}

}  // namespace coffer::format
