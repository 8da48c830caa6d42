// A program that holds a store open until its standard input ends: the other process in tests of exclusive opening.
//
//   store_holder FOLDER     writes one byte to standard output once the store is open
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "coffer/engine.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  coffer::Result<std::unique_ptr<coffer::Engine>> engine = coffer::Engine::Open(arguments[1]);
  if (!engine.ok()) {
    std::fprintf(stderr, "%s\n", engine.status().ToString().c_str());
    return 1;
  }
  char byte = 'r';
  if (::write(STDOUT_FILENO, &byte, 1) != 1 || ::read(STDIN_FILENO, &byte, 1) != 0) return 1;
  return (*engine)->Close().ok() ? 0 : 1;
}
