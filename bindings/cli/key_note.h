// KeyNote: tells when a command has made the store's key, which nobody asked for by name.
#pragma once

#include "coffer/engine.h"

namespace coffer::cli {

// Looks when it is made, and again when it goes.
class KeyNote {
 public:
  explicit KeyNote(Engine& engine);
  ~KeyNote();
  KeyNote(const KeyNote&) = delete;
  KeyNote& operator=(const KeyNote&) = delete;

 private:
  Engine& engine_;
  const bool had_keys_;
};

}  // namespace coffer::cli
