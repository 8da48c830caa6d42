// COFFER_TRY and COFFER_ASSIGN: leave the function with a failed Status, or go on with the value.
#pragma once

#include <utility>

#include "coffer/result.h"

// Evaluates an expression of type Status and returns it from the function if it failed.
#define COFFER_TRY(expression)                                                              \
  do {                                                                                      \
    if (::coffer::Status coffer_status = (expression); !coffer_status.ok()) return coffer_status; \
  } while (false)

// The same, with `context` before the message. `context` is evaluated only on failure.
#define COFFER_TRY_CONTEXT(expression, context)                                                                     \
  do {                                                                                                              \
    if (::coffer::Status coffer_status = (expression); !coffer_status.ok()) return coffer_status.WithContext(context); \
  } while (false)

// Evaluates an expression of type Result<T>; returns its Status if it failed, else initializes `declaration` with the value:
//   COFFER_ASSIGN(const Manifest manifest, repository.Read(id));
#define COFFER_ASSIGN(declaration, expression) \
  COFFER_ASSIGN_TO(COFFER_TRY_JOIN(coffer_result_, __LINE__), declaration, expression)
// The same, with `context` before the message. `context` is evaluated only on failure.
#define COFFER_ASSIGN_CONTEXT(declaration, expression, context) \
  COFFER_ASSIGN_CONTEXT_TO(COFFER_TRY_JOIN(coffer_result_, __LINE__), declaration, expression, context)

// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot be in parentheses.
#define COFFER_ASSIGN_TO(result, declaration, expression)  \
  auto result = (expression);                              \
  if (!result.ok()) return std::move(result).status();     \
  declaration = *std::move(result)
#define COFFER_ASSIGN_CONTEXT_TO(result, declaration, expression, context)   \
  auto result = (expression);                                                \
  if (!result.ok()) return std::move(result).status().WithContext(context);  \
  declaration = *std::move(result)
// NOLINTEND(bugprone-macro-parentheses)

#define COFFER_TRY_JOIN(a, b) COFFER_TRY_JOIN_NOW(a, b)
#define COFFER_TRY_JOIN_NOW(a, b) a##b
