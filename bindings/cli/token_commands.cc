// `coffer token create|list|revoke`.
#include "coffer/token.h"

#include <charconv>
#include <optional>

#include "coffer/clock.h"
#include "output.h"
#include "session.h"

namespace coffer::cli {
namespace {

constexpr const char* kUser = "user";
constexpr const char* kAdmin = "admin";

struct CreateRequest {
  std::string user;
  std::string role = kUser;
  std::string expires;
};

const char* NameOf(PrincipalRole role) { return role == PrincipalRole::kAdmin ? kAdmin : kUser; }

std::optional<std::int64_t> SecondsOf(char unit) {
  switch (unit) {
    case 'm':
      return 60;
    case 'h':
      return 60 * 60;
    case 'd':
      return 24 * 60 * 60;
    default:
      return std::nullopt;
  }
}

// "30d", "12h", "90m" from now, or a time.
Result<Timestamp> ExpiryOf(const std::string& text) {
  constexpr std::int64_t kMicrosecondsInSecond = 1'000'000;
  constexpr std::int64_t kNumberMax = 1'000'000;
  const auto unit = text.empty() ? std::nullopt : SecondsOf(text.back());
  if (!unit) return ParseTimestamp(text);
  std::int64_t number = 0;
  const char* end = text.data() + text.size() - 1;
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < 1 || number > kNumberMax) {
    return Status::InvalidArgument(text + " is neither a number of days such as 30d nor a time");
  }
  return Timestamp{SystemClock().NowMicroseconds() + number * *unit * kMicrosecondsInSecond};
}

JsonObject TimeOrNull(const std::optional<Timestamp>& time) {
  return time ? JsonObject(FormatTimestamp(*time)) : JsonObject(nullptr);
}

JsonObject ToJson(const TokenInfo& token) {
  return {{"id", token.id},
          {"user_id", token.user_id},
          {"role", NameOf(token.role)},
          {"created_at", FormatTimestamp(token.created_at)},
          {"expires_at", TimeOrNull(token.expires_at)}};
}

ExitStatus Create(Engine& engine, const CreateRequest& request, bool json) {
  std::optional<Timestamp> expires_at;
  if (!request.expires.empty()) {
    const auto read = ExpiryOf(request.expires);
    if (!read.ok()) return Fail(read.status().WithContext("--expires"), json);
    expires_at = *read;
  }
  const auto role = request.role == kAdmin ? PrincipalRole::kAdmin : PrincipalRole::kUser;
  const auto created = CreateToken(engine, request.user, role, expires_at);
  if (!created.ok()) return Fail(created.status(), json);
  if (!json) {
    PrintLine(created->secret);
    PrintMessage("token " + created->info.id + " of " + request.user + ", role " + request.role +
                 "; it is shown here and never again");
    return ExitStatus::kDone;
  }
  JsonObject answer = {{"token", created->secret}};
  answer.update(ToJson(created->info));
  PrintLine(ToText(answer));
  return ExitStatus::kDone;
}

ExitStatus List(Engine& engine, bool json) {
  const auto tokens = ListTokens(engine);
  if (!tokens.ok()) return Fail(tokens.status(), json);
  JsonObject items = JsonObject::array();
  for (const TokenInfo& token : *tokens) {
    items.push_back(ToJson(token));
    if (json) continue;
    const std::string until = token.expires_at ? "  until " + FormatTimestamp(*token.expires_at) : std::string();
    PrintLine(token.id + "  " + NameOf(token.role) + "  " + token.user_id + until);
  }
  if (json) PrintLine(ToText({{"tokens", std::move(items)}}));
  return ExitStatus::kDone;
}

ExitStatus Revoke(Engine& engine, const std::string& id, bool json) {
  if (const Status status = RevokeToken(engine, id); !status.ok()) return Fail(status, json);
  PrintLine(json ? ToText({{"id", id}, {"revoked", true}}) : "revoked " + id);
  return ExitStatus::kDone;
}

void AddCreate(CLI::App& group, Session& session) {
  CLI::App* command = group.add_subcommand("create", "Make a token; its text is shown once");
  auto request = std::make_shared<CreateRequest>();
  command->add_option("--user", request->user, "Whom it stands for")->type_name("ID")->required();
  command->add_option("--role", request->role, "user (default): its own records; admin: everything")
      ->check(ServedWords({kUser, kAdmin}));
  command->add_option("--expires", request->expires, "30d, 12h, 90m, or a time; never without it");
  command->callback([request, &session] {
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Create(engine, *request, session.json); });
    };
  });
}

}  // namespace

void AddTokenCommands(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("token", "Make, list and revoke the tokens of HTTP clients");
  group->require_subcommand(1);
  AddCreate(*group, session);
  group->add_subcommand("list", "List tokens, without their texts")->callback([&session] {
    session.run = [&session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return List(engine, session.json); });
    };
  });
  CLI::App* revoke = group->add_subcommand("revoke", "Refuse a token from now on");
  auto id = std::make_shared<std::string>();
  revoke->add_option("ID", *id, "The token's id")->required();
  revoke->callback([id, &session] {
    session.run = [id, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Revoke(engine, *id, session.json); });
    };
  });
}

}  // namespace coffer::cli
