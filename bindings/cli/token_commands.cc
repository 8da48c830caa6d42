// `coffer token create|list|revoke`.
#include <charconv>
#include <map>
#include <optional>
#include <system_error>

#include "coffer/clock.h"
#include "coffer/token.h"
#include "output.h"
#include "session.h"

namespace coffer::cli {
namespace {

struct CreateRequest {
  std::string user;
  std::string role = "user";
  std::string expires;
};

constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;

std::string RoleName(PrincipalRole role) { return role == PrincipalRole::kAdmin ? "admin" : "user"; }

// "30d", "12h", "15m": from now on; else a point in time.
Result<Timestamp> ParseExpiry(const std::string& text) {
  static const std::map<char, std::int64_t> seconds = {{'d', 86'400}, {'h', 3'600}, {'m', 60}};
  constexpr std::int64_t kUnitsMax = 1'000'000;
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, count);
  const auto unit = behind != end ? seconds.find(*behind) : seconds.end();
  if (error == std::errc() && behind + 1 == end && unit != seconds.end() && count > 0 && count <= kUnitsMax) {
    return Timestamp{SystemClock().NowMicroseconds() + count * unit->second * kMicrosecondsPerSecond};
  }
  auto time = ParseTimestamp(text);
  if (!time.ok()) return Status::InvalidArgument("'" + text + "' is neither a span such as 30d nor a time");
  return time;
}

JsonObject ToJson(const TokenInfo& token) {
  return {{"id", token.id},
          {"user_id", token.user_id},
          {"role", RoleName(token.role)},
          {"created_at", FormatTimestamp(token.created_at)},
          {"expires_at", token.expires_at ? JsonObject(FormatTimestamp(*token.expires_at)) : JsonObject(nullptr)}};
}

std::string InWords(const TokenInfo& token) {
  return token.id + "  " + RoleName(token.role) + "  " + token.user_id +
         (token.expires_at ? "  until " + FormatTimestamp(*token.expires_at) : "");
}

ExitStatus Create(Engine& engine, const CreateRequest& request, bool json) {
  std::optional<Timestamp> expires_at;
  if (!request.expires.empty()) expires_at = *ParseExpiry(request.expires);
  const PrincipalRole role = request.role == "admin" ? PrincipalRole::kAdmin : PrincipalRole::kUser;
  const auto created = CreateToken(engine, request.user, role, expires_at);
  if (!created.ok()) return Fail(created.status(), json);
  if (json) {
    JsonObject answer = {{"token", created->secret}};
    answer.update(ToJson(created->info));
    PrintLine(ToText(answer));
    return ExitStatus::kDone;
  }
  PrintLine(created->secret);
  PrintMessage("token " + created->info.id + " is shown this once; keep it well");
  return ExitStatus::kDone;
}

ExitStatus List(Engine& engine, bool json) {
  const auto tokens = ListTokens(engine);
  if (!tokens.ok()) return Fail(tokens.status(), json);
  JsonObject items = JsonObject::array();
  for (const TokenInfo& token : *tokens) {
    if (!json) PrintLine(InWords(token));
    items.push_back(ToJson(token));
  }
  if (json) PrintLine(ToText({{"tokens", std::move(items)}, {"total", tokens->size()}}));
  return ExitStatus::kDone;
}

ExitStatus Revoke(Engine& engine, const std::string& id, bool json) {
  if (Status status = RevokeToken(engine, id); !status.ok()) return Fail(status, json);
  PrintLine(json ? ToText({{"id", id}, {"revoked", true}}) : "revoked " + id);
  return ExitStatus::kDone;
}

}  // namespace

void AddTokenCommands(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("token", "Make, list and revoke the tokens of those who may call");
  group->require_subcommand(1);

  CLI::App* create = group->add_subcommand("create", "Make a token; it is shown this once");
  auto request = std::make_shared<CreateRequest>();
  create->add_option("--user", request->user, "Whom it stands for")->required()->type_name("ID");
  create->add_option("--role", request->role, "user (default): its own data alone; admin: everything")
      ->check(ServedWords({"user", "admin"}));
  create->add_option("--expires", request->expires, "A span such as 30d, 12h or 15m, or a time; else never");
  create->callback([request, &session] {
    if (!request->expires.empty()) {
      if (const auto expiry = ParseExpiry(request->expires); !expiry.ok()) {
        throw CLI::ValidationError("--expires", std::string(expiry.status().message()));
      }
    }
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Create(engine, *request, session.json); });
    };
  });

  group->add_subcommand("list", "List tokens in the order of their creation")->callback([&session] {
    session.run = [&session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return List(engine, session.json); });
    };
  });

  CLI::App* revoke = group->add_subcommand("revoke", "Revoke a token");
  auto id = std::make_shared<std::string>();
  revoke->add_option("ID", *id, "The token's id")->required();
  revoke->callback([id, &session] {
    session.run = [id, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Revoke(engine, *id, session.json); });
    };
  });
}

}  // namespace coffer::cli
