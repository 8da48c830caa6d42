// KeyNote: prints a note if a command has made the store's key implicitly.
#pragma once

#include "coffer/engine.h"

namespace coffer::cli {

// Compares the keys at construction and at destruction. The engine must outlive it.
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
