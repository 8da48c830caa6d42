#include "batch_records.h"

#include <coffer/c.h>

#include <cstdint>
#include <vector>

#include "errors.h"
#include "gil.h"
#include "handles.h"
#include "json_encoder.h"
#include "owned.h"
#include "values.h"

namespace coffer_python {

void AddRecord(Words& words) {
  const Use<coffer_batch> batch(words.Next());
  const std::int32_t kind = SmallNumberOf(words.Next());
  JsonTexts texts;
  if (!texts.Add(words.Next())) throw Raised();
  const std::int32_t mode = SmallNumberOf(words.Next());
  coffer_error* error = nullptr;
  coffer_status status = COFFER_OK;
  {
    const WithoutGil released;
    const auto put = kind == COFFER_CONVERSATION ? &coffer_batch_put_conversation
                     : kind == COFFER_DOCUMENT   ? &coffer_batch_put_document
                                                 : &coffer_batch_put_prompt;
    status = put(batch.get(), texts.All().front(), mode, &error);
  }
  if (status != COFFER_OK) RaiseFailure(status, error);
}

void AddConversation(Words& words) {
  const Use<coffer_batch> batch(words.Next());
  JsonTexts texts;
  if (!texts.Add(words.Next())) throw Raised();
  const Owned messages(OrRaise(PySequence_Tuple(words.Next())));
  const Py_ssize_t count = PyTuple_Size(messages.get());
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (!texts.Add(PyTuple_GetItem(messages.get(), i))) throw Raised();
  }
  const std::int32_t mode = SmallNumberOf(words.Next());
  coffer_error* error = nullptr;
  coffer_status status = COFFER_OK;
  {
    const WithoutGil released;
    const std::vector<coffer_text>& all = texts.All();
    status =
        coffer_batch_put_conversation_with_messages(batch.get(), all.front(), all.data() + 1, all.size() - 1, mode, &error);
  }
  if (status != COFFER_OK) RaiseFailure(status, error);
}

void ClearBatch(Words& words) { coffer_batch_clear(Use<coffer_batch>(words.Next()).get()); }

}  // namespace coffer_python
