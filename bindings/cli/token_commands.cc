// `coffer token create|list|revoke`.
#include <array>
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
  PrincipalRole role = PrincipalRole::kUser;
  std::optional<Timestamp> expires_at;
};

constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;

std::string_view RoleName(PrincipalRole role) { return role == PrincipalRole::kAdmin ? "admin" : "user"; }

constexpr std::array kRoleValues = {PrincipalRole::kUser, PrincipalRole::kAdmin};
constexpr json::Choices<PrincipalRole> kRoles = {kRoleValues, RoleName};

// "30d", "12h", "15m": from now on; otherwise a time.
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
  if (!time.ok()) return Status::InvalidArgument("'" + text + "' is not a duration such as 30d and not a time");
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
  return token.id + "  " + std::string(RoleName(token.role)) + "  " + token.user_id +
         (token.expires_at ? "  until " + FormatTimestamp(*token.expires_at) : "");
}

ExitStatus Create(Engine& engine, const CreateRequest& request, bool json) {
  const auto created = CreateToken(engine, request.user, request.role, request.expires_at);
  if (!created.ok()) return Fail(created.status(), json);
  if (json) {
    JsonObject answer = {{"token", created->secret}};
    answer.update(ToJson(created->info));
    PrintLine(ToText(answer));
    return ExitStatus::kDone;
  }
  PrintLine(created->secret);
  PrintMessage("token " + created->info.id + " is shown only once; store it safely");
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
  CLI::App* group = app.add_subcommand("token", "Create, list and revoke access tokens");
  group->require_subcommand(1);

  CLI::App* create = group->add_subcommand("create", "Create a token; it is shown only once");
  auto request = std::make_shared<CreateRequest>();
  create->add_option("--user", request->user, "The user of the token")->required()->type_name("ID");
  AddChoice(*create, "--role", request->role, kRoles, "user (default): the user's own data; admin: everything");
  create->add_option_function<std::string>(
      "--expires",
      [request](const std::string& text) {
        const Result<Timestamp> expiry = ParseExpiry(text);
        if (!expiry.ok()) throw CLI::ValidationError("--expires", std::string(expiry.status().message()));
        request->expires_at = *expiry;
      },
      "A duration such as 30d, 12h or 15m, or a time (default: never)");
  create->callback([request, &session] {
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Create(engine, *request, session.json); });
    };
  });

  group->add_subcommand("list", "List tokens in the order of creation")->callback([&session] {
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
