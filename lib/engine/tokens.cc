#include "engine/tokens.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <utility>

#include "coffer/engine.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "format/age/base64.h"
#include "format/records/record_codec.h"
#include "format/records/sha256.h"
#include "vocabulary/check.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer {
namespace engine {
namespace {

constexpr std::string_view kSecretPrefix = "coffer_";
constexpr std::size_t kSecretBytes = 32;
constexpr std::uint8_t kTokenFormat = 1;

std::string HashOf(std::string_view secret) {
  format::Sha256 hash;
  hash.Update(secret);
  return hash.Finish();
}

std::uint64_t FirstBytes(std::string_view hash) { return format::DecodeBigEndian<std::uint64_t>(hash); }

// Layout: FORMAT.md.
std::string EncodeToken(const TokenInfo& info, std::string_view hash) {
  std::string value;
  value.push_back(static_cast<char>(kTokenFormat));
  value.push_back(static_cast<char>(info.role));
  format::AppendLittleEndian(static_cast<std::uint64_t>(info.created_at.microseconds), value);
  value.push_back(info.expires_at ? 1 : 0);
  format::AppendLittleEndian(static_cast<std::uint64_t>(info.expires_at.value_or(Timestamp()).microseconds), value);
  value.append(hash);
  value.append(info.user_id);
  return value;
}

Result<std::pair<TokenInfo, std::string>> DecodeToken(std::string_view id, std::string_view value) {
  format::FieldReader fields(value);
  const auto version = fields.Number<std::uint8_t>();
  if (fields.ok() && version > kTokenFormat)
    return Status::Unavailable("token " + std::string(id) + ": written by a newer version");
  TokenInfo info;
  info.id = id;
  const auto role = fields.Number<std::uint8_t>();
  info.role = static_cast<PrincipalRole>(role);
  info.created_at.microseconds = static_cast<std::int64_t>(fields.Number<std::uint64_t>());
  const bool expires = fields.Number<std::uint8_t>() != 0;
  const Timestamp expires_at{static_cast<std::int64_t>(fields.Number<std::uint64_t>())};
  if (expires) info.expires_at = expires_at;
  std::string hash(fields.Bytes(format::kSha256Bytes));
  info.user_id = fields.rest();
  const bool known_role = info.role == PrincipalRole::kUser || info.role == PrincipalRole::kAdmin;
  if (!fields.ok() || version != kTokenFormat || !known_role) {
    return Status::Corruption("token " + std::string(id) + ": damaged");
  }
  return std::pair(std::move(info), std::move(hash));
}

std::string SecretText(std::span<const unsigned char> bytes) {
  std::string text;
  format::AppendBase64(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), text);
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return std::string(kSecretPrefix) + text;
}

}  // namespace

bool SystemSecretBytes(std::span<unsigned char> bytes) {
  return RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1;
}

void Tokens::Keep(Token token) {
  const std::uint64_t hash = FirstBytes(token.hash);
  std::string id = token.info.id;
  const auto kept = by_id_.insert_or_assign(id, std::move(token)).first;
  try {
    ids_by_hash_.emplace(hash, std::move(id));
  } catch (...) {
    by_id_.erase(kept);
    throw;
  }
  COFFER_CHECK(by_id_.size() == ids_by_hash_.size());
}

void Tokens::Drop(std::string_view id) {
  std::erase_if(ids_by_hash_, [&](const auto& entry) { return entry.second == id; });
  if (const auto found = by_id_.find(id); found != by_id_.end()) by_id_.erase(found);
  COFFER_CHECK(by_id_.size() == ids_by_hash_.size());
}

Status Tokens::Load() {
  if (control_ == nullptr) return Status::Ok();
  const WriterLock lock(mutex_);
  const std::unique_ptr<storage::Scan> scan = control_->NewScan(storage::Family::kTokens, {}, {}, {});
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    COFFER_ASSIGN(auto token, DecodeToken(scan->key(), scan->value()));
    Keep({std::move(token.first), std::move(token.second)});
  }
  return scan->status().WithContext("tokens");
}

Result<CreatedToken> Tokens::Create(const std::function<std::string(std::string_view)>& new_id, std::string_view user_id,
                                    PrincipalRole role, std::optional<Timestamp> expires_at, Timestamp now) {
  COFFER_TRY(format::CheckId("user_id", user_id));
  if (expires_at && *expires_at <= now) return Status::InvalidArgument("expires_at: is past");
  const MutexLock change(change_mutex_);
  TokenInfo info;
  {
    const ReaderLock lock(mutex_);
    if (by_id_.size() >= kTokensMax)
      return Status::ResourceExhausted("tokens: " + std::to_string(kTokensMax) + " exist already");
    info.id = new_id(by_id_.empty() ? std::string_view() : std::string_view(by_id_.rbegin()->first));
  }
  info.user_id = user_id;
  info.role = role;
  info.created_at = now;
  info.expires_at = expires_at;
  std::array<unsigned char, kSecretBytes> bytes{};
  if (!secrets_(bytes)) return Status::Unavailable("token: the system has no random bytes");
  CreatedToken created{info, SecretText(bytes)};
  OPENSSL_cleanse(bytes.data(), bytes.size());
  std::string hash = HashOf(created.secret);
  storage::WriteBatch batch;
  batch.Put(storage::Family::kTokens, info.id, EncodeToken(info, hash));
  // In memory before the commit, because nothing may fail after it. No one knows the secret yet.
  {
    const WriterLock lock(mutex_);
    Keep({info, std::move(hash)});
  }
  if (Status status = Guarded([&] { return control_->Commit(batch, Durability::kDurable); }); !status.ok()) {
    const WriterLock lock(mutex_);
    Drop(info.id);
    return status.WithContext("token");
  }
  return created;
}

std::vector<TokenInfo> Tokens::List() const {
  const ReaderLock lock(mutex_);
  std::vector<TokenInfo> tokens;
  tokens.reserve(by_id_.size());
  for (const auto& [id, token] : by_id_) tokens.push_back(token.info);
  return tokens;
}

Status Tokens::Revoke(std::string_view id) {
  const MutexLock change(change_mutex_);
  {
    const ReaderLock lock(mutex_);
    if (!by_id_.contains(id)) return Status::NotFound("token " + std::string(id) + ": not found");
  }
  storage::WriteBatch batch;
  batch.Delete(storage::Family::kTokens, id);
  COFFER_TRY_CONTEXT(control_->Commit(batch, Durability::kDurable), "token");
  const WriterLock lock(mutex_);
  Drop(id);
  return Status::Ok();
}

Result<Principal> Tokens::Authenticate(std::string_view secret, Timestamp now) const {
  const std::string hash = HashOf(secret);
  const ReaderLock lock(mutex_);
  const auto [begin, end] = ids_by_hash_.equal_range(FirstBytes(hash));
  for (auto entry = begin; entry != end; ++entry) {
    const Token& token = by_id_.find(entry->second)->second;
    if (CRYPTO_memcmp(token.hash.data(), hash.data(), hash.size()) != 0) continue;
    if (token.info.expires_at && *token.info.expires_at <= now) break;
    return Principal{token.info.user_id, token.info.role, token.info.id};
  }
  return Status::PermissionDenied("the token is not valid");
}

}  // namespace engine

Result<CreatedToken> CreateToken(Engine& engine, std::string_view user_id, PrincipalRole role,
                                 std::optional<Timestamp> expires_at) try {
  engine::EngineCore& core = engine::CoreOf(engine);
  if (engine.read_only()) return Status::PermissionDenied("token: the store is opened read-only");
  return core.tokens().Create([&core](std::string_view last) { return core.NewIdAfter(last); }, user_id, role, expires_at,
                              core.Now());
} catch (...) {
  return StatusOfException();
}

Result<std::vector<TokenInfo>> ListTokens(Engine& engine) try { return engine::CoreOf(engine).tokens().List(); } catch (...) {
  return StatusOfException();
}

Status RevokeToken(Engine& engine, std::string_view id) try {
  if (engine.read_only()) return Status::PermissionDenied("token: the store is opened read-only");
  return engine::CoreOf(engine).tokens().Revoke(id);
} catch (...) {
  return StatusOfException();
}

Result<Principal> Authenticate(Engine& engine, std::string_view secret) try {
  return engine::CoreOf(engine).tokens().Authenticate(secret, engine::CoreOf(engine).Now());
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer
