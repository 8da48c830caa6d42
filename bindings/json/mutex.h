// Mutexes with the attributes of clang's Thread Safety Analysis, for the edges. A copy of what they use of
// lib/vocabulary/mutex.h, because edges include only the public headers, and those should not contain it. The macros have the
// same definitions, so that a test may include both files.
// Source: https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
#pragma once

#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#ifdef __clang__
#define COFFER_THREAD_ANNOTATION(attribute) __attribute__((attribute))
#else
#define COFFER_THREAD_ANNOTATION(attribute)
#endif

// A member that is used only under the mutex; a function whose caller must hold it.
#define COFFER_GUARDED_BY(mutex) COFFER_THREAD_ANNOTATION(guarded_by(mutex))
#define COFFER_REQUIRES(...) COFFER_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
// A function that locks or unlocks the mutex. Without an argument: the object itself, or the mutex of a scoped lock.
#define COFFER_ACQUIRE(...) COFFER_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define COFFER_ACQUIRE_SHARED(...) COFFER_THREAD_ANNOTATION(acquire_shared_capability(__VA_ARGS__))
#define COFFER_RELEASE(...) COFFER_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
// Classes that are a mutex, or hold one for as long as they exist.
#define COFFER_CAPABILITY(name) COFFER_THREAD_ANNOTATION(capability(name))
#define COFFER_SCOPED_CAPABILITY COFFER_THREAD_ANNOTATION(scoped_lockable)

namespace coffer::edges {

class COFFER_CAPABILITY("mutex") Mutex {
 private:
  friend class MutexLock;
  std::mutex mutex_;
};

class COFFER_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) COFFER_ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  ~MutexLock() COFFER_RELEASE() {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  friend class CondVar;
  std::unique_lock<std::mutex> lock_;
};

// Wait in a loop: the analysis would check a predicate's lambda as a function without the lock.
class CondVar {
 public:
  void wait(MutexLock& lock) { changed_.wait(lock.lock_); }
  void notify_one() noexcept { changed_.notify_one(); }

 private:
  std::condition_variable changed_;
};

class COFFER_CAPABILITY("shared mutex") SharedMutex {
 private:
  friend class WriterLock;
  friend class ReaderLock;
  std::shared_mutex mutex_;
};

class COFFER_SCOPED_CAPABILITY WriterLock {
 public:
  explicit WriterLock(SharedMutex& mutex) COFFER_ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  ~WriterLock() COFFER_RELEASE() {}
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  std::unique_lock<std::shared_mutex> lock_;
};

class COFFER_SCOPED_CAPABILITY ReaderLock {
 public:
  explicit ReaderLock(SharedMutex& mutex) COFFER_ACQUIRE_SHARED(mutex) : lock_(mutex.mutex_) {}
  ~ReaderLock() COFFER_RELEASE() {}
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;

 private:
  std::shared_lock<std::shared_mutex> lock_;
};

}  // namespace coffer::edges
