// Keys and tokens.
#include "coffer/key.h"

#include <array>

#include "arguments.h"
#include "coffer/token.h"
#include "engine_use.h"
#include "reports.h"
#include "texts.h"

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

coffer_status coffer_show_keys(coffer_engine* engine, coffer_string** info, coffer_error** error) {
  return CallFor(info, error, [&] { return NewString(ReportText(Value(coffer::ShowKeys(*EngineUse(engine))))); });
}

coffer_status coffer_generate_key(coffer_engine* engine, coffer_string** info, coffer_error** error) {
  return CallFor(info, error, [&] { return NewString(ReportText(Value(coffer::GenerateKey(*EngineUse(engine))))); });
}

coffer_status coffer_create_token(coffer_engine* engine, coffer_text user_id, coffer_principal_role role,
                                  coffer_text expires_at, coffer_string** token, coffer_error** error) {
  static constexpr std::array kRoles = {coffer::PrincipalRole::kUser, coffer::PrincipalRole::kAdmin};
  return CallFor(token, error, [&] {
    const EngineUse use(engine);
    return NewString(ReportText(Value(coffer::CreateToken(
        *use, View(user_id, "user_id"), ValueOf(role, kRoles, COFFER_ROLE_USER, "role"), Time(expires_at, "expires_at")))));
  });
}

coffer_status coffer_list_tokens(coffer_engine* engine, coffer_page** page, coffer_error** error) {
  return CallFor(page, error, [&] {
    std::vector<std::string> items;
    for (const coffer::TokenInfo& token : Value(coffer::ListTokens(*EngineUse(engine)))) items.push_back(ReportText(token));
    return NewPage(std::move(items));
  });
}

coffer_status coffer_revoke_token(coffer_engine* engine, coffer_text id, coffer_error** error) {
  return Call(error, [&] {
    const EngineUse use(engine);
    Check(coffer::RevokeToken(*use, View(id, "id")));
  });
}

coffer_status coffer_authenticate(coffer_engine* engine, coffer_text secret, coffer_string** principal, coffer_error** error) {
  return CallFor(principal, error, [&] {
    const EngineUse use(engine);
    return NewString(ReportText(Value(coffer::Authenticate(*use, View(secret, "secret")))));
  });
}
