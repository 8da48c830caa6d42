// COFFER_TRY and COFFER_ASSIGN: leave the function with a failed Status, or go on with the value.
#pragma once

#include <utility>

#include "coffer/result.h"

// Evaluates an expression of type Status and returns it from the function if it failed.
#define COFFER_TRY(expression) COFFER_TRY_AS(COFFER_TRY_JOIN(coffer_status_, __COUNTER__), expression)
// The same, with `context` before the message. `context` is evaluated only on failure.
#define COFFER_TRY_CONTEXT(expression, context) \
  COFFER_TRY_CONTEXT_AS(COFFER_TRY_JOIN(coffer_status_, __COUNTER__), expression, context)

// Evaluates an expression of type Result<T>; returns its Status if it failed, else initializes `declaration` with the value:
//   COFFER_ASSIGN(const Manifest manifest, repository.Read(id));
#define COFFER_ASSIGN(declaration, expression) \
  COFFER_ASSIGN_AS(COFFER_TRY_JOIN(coffer_result_, __COUNTER__), declaration, expression)
// The same, with `context` before the message. `context` is evaluated only on failure.
#define COFFER_ASSIGN_CONTEXT(declaration, expression, context) \
  COFFER_ASSIGN_CONTEXT_AS(COFFER_TRY_JOIN(coffer_result_, __COUNTER__), declaration, expression, context)

// Each use has a name of its own, because an expression may hold a lambda with another use.
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot be in parentheses.
#define COFFER_TRY_AS(status, expression)                                    \
  do {                                                                       \
    if (::coffer::Status status = (expression); !status.ok()) return status; \
  } while (false)
#define COFFER_TRY_CONTEXT_AS(status, expression, context)                                        \
  do {                                                                                            \
    if (::coffer::Status status = (expression); !status.ok()) return status.WithContext(context); \
  } while (false)
#define COFFER_ASSIGN_AS(result, declaration, expression) \
  auto result = (expression);                             \
  if (!result.ok()) return std::move(result).status();    \
  declaration = *std::move(result)
#define COFFER_ASSIGN_CONTEXT_AS(result, declaration, expression, context)  \
  auto result = (expression);                                               \
  if (!result.ok()) return std::move(result).status().WithContext(context); \
  declaration = *std::move(result)
// NOLINTEND(bugprone-macro-parentheses)

#define COFFER_TRY_JOIN(a, b) COFFER_TRY_JOIN_NOW(a, b)
#define COFFER_TRY_JOIN_NOW(a, b) a##b
