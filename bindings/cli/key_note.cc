#include "key_note.h"

#include "coffer/key.h"
#include "output.h"

namespace coffer::cli {
namespace {

// Keys that cannot be read count as existing: the operation that needs them reports the failure.
bool HasKeys(Engine& engine) {
  const auto keys = ShowKeys(engine);
  return !keys.ok() || !keys->recipients.empty();
}

}  // namespace

KeyNote::KeyNote(Engine& engine) : engine_(engine), had_keys_(HasKeys(engine)) {}

KeyNote::~KeyNote() {
  if (had_keys_) return;
  const auto keys = ShowKeys(engine_);
  if (!keys.ok() || keys->identity_file.empty()) return;
  PrintMessage("a key was made: copy " + keys->identity_file +
               " to another place: without it, no encrypted backup can be read");
}

}  // namespace coffer::cli
