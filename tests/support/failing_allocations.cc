#include "support/failing_allocations.h"

#include <execinfo.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>
#include <string_view>

namespace coffer {
namespace {

constexpr std::size_t kFramesMax = 128;

thread_local bool armed = false;
thread_local bool failed = false;
thread_local std::int64_t allocations_left = 0;

struct AddressRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

AddressRange FindRocksDb() {
  AddressRange range;
  const auto visit = [](dl_phdr_info* library, std::size_t, void* found) {
    if (std::string_view(library->dlpi_name).find("librocksdb") == std::string_view::npos) return 0;
    auto& code = *static_cast<AddressRange*>(found);
    code.begin = library->dlpi_addr;
    for (int i = 0; i < library->dlpi_phnum; ++i) {
      const ElfW(Phdr)& part = library->dlpi_phdr[i];
      code.end = std::max<std::uintptr_t>(code.end, library->dlpi_addr + part.p_vaddr + part.p_memsz);
    }
    return 1;
  };
  dl_iterate_phdr(visit, &range);
  return range;
}

const AddressRange& RocksDbCode() {
  static const AddressRange code = FindRocksDb();
  return code;
}

bool IsCalledByRocksDb() {
  std::array<void*, kFramesMax> frames{};
  const int count = backtrace(frames.data(), static_cast<int>(frames.size()));
  return std::any_of(frames.begin(), frames.begin() + count, [&code = RocksDbCode()](void* frame) {
    const auto address = reinterpret_cast<std::uintptr_t>(frame);
    return address >= code.begin && address < code.end;
  });
}

bool FailsNow() {
  if (!armed) return false;
  armed = false;  // backtrace()'s own allocations are not part of the call
  failed = !IsCalledByRocksDb() && allocations_left-- == 0;
  armed = !failed;
  return failed;
}

}  // namespace

bool RocksDbIsFound() { return RocksDbCode().end != 0; }

void FailAllocationBehind(std::int64_t allocations) {
  failed = false;
  allocations_left = allocations;
  armed = true;
}

bool StopFailingAllocations() {
  armed = false;
  return failed;
}

}  // namespace coffer

// All forms, because a sanitizer replaces each, and a mixed pair would not match. Not inlined, because the compiler would warn
// of a new that is freed by free.
[[gnu::noinline]] void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return coffer::FailsNow() ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
}
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  if (void* memory = operator new(bytes, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void* operator new[](std::size_t bytes) { return operator new(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return operator new(bytes, std::nothrow); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { operator delete(memory); }
void operator delete[](void* memory) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { operator delete(memory); }
