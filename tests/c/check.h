/* Helpers of the C interface's tests. A failed check ends the program, because later checks depend on it. */
#ifndef COFFER_TESTS_C_CHECK_H
#define COFFER_TESTS_C_CHECK_H

#include <coffer/c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every fallible call gets &failure; EXPECT checks and frees it. */
extern coffer_error* failure;

void FailCheck(const char* file, int line, const char* what);
void ExpectStatus(coffer_status expected, coffer_status status, const char* call, const char* file, int line);
/* Compares the text and its length. */
int Equals(coffer_text text, const char* expected);
int Contains(coffer_text text, const char* part);

#define CHECK(condition) ((condition) ? (void)0 : FailCheck(__FILE__, __LINE__, #condition))
#define EXPECT(expected, call) ExpectStatus((expected), (call), #call, __FILE__, __LINE__)
#define OK(call) EXPECT(COFFER_OK, call)
#define REFUSED(call) EXPECT(COFFER_INVALID_ARGUMENT, call)
#define T(string) coffer_text_of(string)

static const coffer_text kNone = {NULL, 0};

/* Opens a new store in the current folder. */
coffer_engine* OpenStore(const char* folder);
/* Closes, which must succeed, and frees. */
void CloseStore(coffer_engine* engine);
/* Returns the report of an operation, which must complete, and frees the operation. The caller frees the report. */
coffer_string* Finished(coffer_operation* operation);
void FinishWell(coffer_operation* operation);
void PutPrompt(coffer_engine* engine, const char* id, const char* owner);
void PutConversation(coffer_engine* engine, const char* id, const char* owner);

#endif
