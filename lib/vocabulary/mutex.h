// Mutex, SharedMutex and CondVar: the standard ones, with the attributes of clang's Thread Safety Analysis. The analysis checks
// that guarded members are used only under their mutex. The attributes add no code, and other compilers do not see them.
// Source: https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#ifdef __clang__
#define COFFER_THREAD_ANNOTATION(attribute) __attribute__((attribute))
#else
#define COFFER_THREAD_ANNOTATION(attribute)
#endif

// A member that is used only under the mutex; a pointer whose target is.
#define COFFER_GUARDED_BY(mutex) COFFER_THREAD_ANNOTATION(guarded_by(mutex))
#define COFFER_PT_GUARDED_BY(mutex) COFFER_THREAD_ANNOTATION(pt_guarded_by(mutex))
// A function whose caller must hold the mutex; must not hold it.
#define COFFER_REQUIRES(...) COFFER_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define COFFER_EXCLUDES(...) COFFER_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
// A function that locks or unlocks the mutex. Without an argument: the object itself, or the mutex of a scoped lock.
#define COFFER_ACQUIRE(...) COFFER_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define COFFER_ACQUIRE_SHARED(...) COFFER_THREAD_ANNOTATION(acquire_shared_capability(__VA_ARGS__))
#define COFFER_RELEASE(...) COFFER_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define COFFER_RELEASE_SHARED(...) COFFER_THREAD_ANNOTATION(release_shared_capability(__VA_ARGS__))
// A function that the analysis cannot follow. Each use says why it is correct.
#define COFFER_NO_THREAD_SAFETY_ANALYSIS COFFER_THREAD_ANNOTATION(no_thread_safety_analysis)
// Classes that are a mutex, or hold one for as long as they exist.
#define COFFER_CAPABILITY(name) COFFER_THREAD_ANNOTATION(capability(name))
#define COFFER_SCOPED_CAPABILITY COFFER_THREAD_ANNOTATION(scoped_lockable)

namespace coffer {

class COFFER_CAPABILITY("mutex") Mutex {
 public:
  void lock() COFFER_ACQUIRE() { mutex_.lock(); }
  void unlock() COFFER_RELEASE() { mutex_.unlock(); }

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
  void lock() COFFER_ACQUIRE() { lock_.lock(); }
  void unlock() COFFER_RELEASE() { lock_.unlock(); }

 private:
  friend class CondVar;
  std::unique_lock<std::mutex> lock_;
};

// The waits take no predicate: the analysis would check its lambda as a function without the lock. Wait in a loop instead:
//   while (queue_.empty()) changed_.wait(lock);
class CondVar {
 public:
  void wait(MutexLock& lock) { changed_.wait(lock.lock_); }
  template <typename Clock, typename Duration>
  std::cv_status wait_until(MutexLock& lock, const std::chrono::time_point<Clock, Duration>& time) {
    return changed_.wait_until(lock.lock_, time);
  }
  void notify_one() noexcept { changed_.notify_one(); }
  void notify_all() noexcept { changed_.notify_all(); }

 private:
  std::condition_variable changed_;
};

class COFFER_CAPABILITY("shared mutex") SharedMutex {
 public:
  void lock() COFFER_ACQUIRE() { mutex_.lock(); }
  void unlock() COFFER_RELEASE() { mutex_.unlock(); }
  void lock_shared() COFFER_ACQUIRE_SHARED() { mutex_.lock_shared(); }
  void unlock_shared() COFFER_RELEASE_SHARED() { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};

class COFFER_SCOPED_CAPABILITY WriterLock {
 public:
  explicit WriterLock(SharedMutex& mutex) COFFER_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~WriterLock() COFFER_RELEASE() { mutex_.unlock(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  SharedMutex& mutex_;
};

class COFFER_SCOPED_CAPABILITY ReaderLock {
 public:
  explicit ReaderLock(SharedMutex& mutex) COFFER_ACQUIRE_SHARED(mutex) : mutex_(mutex) { mutex_.lock_shared(); }
  ~ReaderLock() COFFER_RELEASE() { mutex_.unlock_shared(); }
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;

 private:
  SharedMutex& mutex_;
};

}  // namespace coffer
