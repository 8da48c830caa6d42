#include "storage/object_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "support/failing_file_system.h"
#include "support/status_matchers.h"
#include "support/temp_directory.h"

namespace coffer::storage {
namespace {

namespace fs = std::filesystem;

class ObjectStoreTest : public ::testing::Test {
 protected:
  std::string Root() const { return directory_.File("repository"); }
  std::unique_ptr<ObjectStore> Store() { return NewFolderObjectStore(files_, Root()); }
  static std::string ValueOf(ObjectStore& objects, std::string_view name) {
    Result<std::string> bytes = ReadObject(objects, name, 1000);
    return bytes.ok() ? *bytes : "(" + std::string(StatusCodeName(bytes.status().code())) + ")";
  }
  static std::unique_ptr<ObjectWriter> Written(ObjectStore& objects, std::string_view bytes) {
    Result<std::unique_ptr<ObjectWriter>> writer = objects.New();
    EXPECT_OK(writer);
    EXPECT_OK((*writer)->Append(bytes));
    return std::move(*writer);
  }
  static std::vector<std::string> Listed(ObjectStore& objects, std::string_view prefix) {
    Result<std::vector<std::string>> names = objects.List(prefix);
    EXPECT_OK(names);
    std::ranges::sort(*names);
    return *names;
  }
  std::vector<std::string> FilesThere() const {
    std::vector<std::string> paths;
    if (!fs::exists(Root())) return paths;
    for (const auto& entry : fs::recursive_directory_iterator(Root())) {
      if (entry.is_regular_file()) paths.push_back(entry.path().string());
    }
    return paths;
  }
  // The folder after a power loss.
  void LosePower() {
    files_.CutPower();
    files_.RestorePower();
    ASSERT_OK(files_.DropUnsynced());
  }

  TempDirectory directory_;
  FailingFileSystem files_{PosixFileSystem()};
};

TEST_F(ObjectStoreTest, AnObjectIsReadInAnyRange) {
  const auto objects = Store();
  ASSERT_OK(PutObject(*objects, "a/b/c", "0123456789"));
  EXPECT_EQ(ValueOf(*objects, "a/b/c"), "0123456789");
  EXPECT_EQ(objects->Size("a/b/c").value(), 10U);
  Result<std::unique_ptr<RandomAccessFile>> file = objects->Open("a/b/c");
  ASSERT_OK(file);
  char buffer[4];
  EXPECT_EQ((*file)->Read(8, 4, buffer).value(), 2U);
  EXPECT_EQ(std::string(buffer, 2), "89");
  EXPECT_CODE(ReadObject(*objects, "a/b/c", 9), kResourceExhausted);
  EXPECT_CODE(objects->Size("a/b"), kNotFound) << "a folder is not an object";
  EXPECT_CODE(objects->Open("none"), kNotFound);
  EXPECT_CODE(objects->Size("none"), kNotFound);
}

TEST_F(ObjectStoreTest, OnlyPlainNamesAreTaken) {
  const auto objects = Store();
  for (const char* name :
       {"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.b", ".a", "a b", "a\\b", "a:b", "\xC3\xBC", "a\n"}) {
    EXPECT_CODE(PutObject(*objects, name, "x"), kInvalidArgument) << name;
    EXPECT_CODE(objects->Open(name), kInvalidArgument) << name;
    EXPECT_CODE(objects->Size(name), kInvalidArgument) << name;
    EXPECT_CODE(objects->List(name), kInvalidArgument) << name;
    EXPECT_CODE(objects->Delete(name), kInvalidArgument) << name;
    EXPECT_CODE(objects->Replace(name, "x"), kInvalidArgument) << name;
  }
  EXPECT_CODE(objects->Size(std::string(513, 'a')), kInvalidArgument);
  EXPECT_CODE(objects->Size(std::string("a\0b", 3)), kInvalidArgument);
  EXPECT_TRUE(FilesThere().empty());
  for (const char* name : {"a", "A-b_c.9", "a/b", "a..b"})
    EXPECT_OK(PutObject(*objects, name == std::string("a") ? "x" : name, ""));
}

TEST_F(ObjectStoreTest, NothingIsThereBeforeItIsPublished) {
  const auto objects = Store();
  {
    Result<std::unique_ptr<ObjectWriter>> writer = objects->New();
    ASSERT_OK(writer);
    ASSERT_OK((*writer)->Append("half"));
    EXPECT_CODE(objects->Size("a/b"), kNotFound);
    EXPECT_TRUE(Listed(*objects, "a").empty());
  }
  EXPECT_TRUE(FilesThere().empty()) << "a destroyed writer removes its bytes";
}

TEST_F(ObjectStoreTest, PublishingNeverReplaces) {
  const auto objects = Store();
  ASSERT_OK(PutObject(*objects, "a", "first"));
  EXPECT_CODE(PutObject(*objects, "a", "second"), kAlreadyExists);
  EXPECT_EQ(ValueOf(*objects, "a"), "first");
  EXPECT_EQ(FilesThere().size(), 1U) << "and leaves nothing";
  ASSERT_OK(objects->Replace("a", "third"));
  EXPECT_EQ(ValueOf(*objects, "a"), "third");
}

TEST_F(ObjectStoreTest, ManyWritersDoNotDisturbEachOther) {
  const auto objects = Store();
  std::vector<std::unique_ptr<ObjectWriter>> writers;
  for (int i = 0; i < 20; ++i) {
    Result<std::unique_ptr<ObjectWriter>> writer = objects->New();
    ASSERT_OK(writer);
    ASSERT_OK((*writer)->Append(std::to_string(i)));
    writers.push_back(std::move(*writer));
  }
  std::vector<ObjectStore::Publication> objects_named;
  for (int i = 19; i >= 0; --i) objects_named.push_back({writers[static_cast<std::size_t>(i)].get(), "o/" + std::to_string(i)});
  ASSERT_OK(objects->Publish(objects_named));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ValueOf(*objects, "o/" + std::to_string(i)), std::to_string(i));
}

TEST_F(ObjectStoreTest, UnfinishedOnesAreSweptAndTheStoreGoesOn) {
  const auto objects = Store();
  ASSERT_OK(PutObject(*objects, "a/b", "x"));
  fs::create_directories(Root() + "/unfinished");
  std::ofstream(Root() + "/unfinished/77") << "left by a crash";
  ASSERT_OK(objects->RemoveTemporary());
  EXPECT_EQ(FilesThere(), std::vector<std::string>{Root() + "/a/b"});
  ASSERT_OK(PutObject(*objects, "a/c", "y"));
  ASSERT_OK(objects->RemoveTemporary());
  ASSERT_OK(objects->RemoveTemporary());
  EXPECT_EQ(ValueOf(*objects, "a/b") + ValueOf(*objects, "a/c"), "xy");
}

TEST_F(ObjectStoreTest, AListHoldsWhatIsBelowThePrefixAndIsAName) {
  const auto objects = Store();
  EXPECT_TRUE(Listed(*objects, "a").empty()) << "without a folder there is nothing";
  for (const char* name : {"a/1", "a/b/2", "a/b/c/3", "ab/4", "b/5"}) ASSERT_OK(PutObject(*objects, name, ""));
  std::ofstream(Root() + "/a/.hidden") << "x";
  std::ofstream(Root() + "/a/no name") << "x";
  EXPECT_EQ(Listed(*objects, "a"), (std::vector<std::string>{"a/1", "a/b/2", "a/b/c/3"}));
  EXPECT_EQ(Listed(*objects, "a/b"), (std::vector<std::string>{"a/b/2", "a/b/c/3"}));
}

TEST_F(ObjectStoreTest, WhatWasAnsweredSurvivesALossOfPower) {
  const auto objects = Store();
  ASSERT_OK(PutObject(*objects, "a/b/kept", "kept"));
  ASSERT_OK(objects->Replace("lease", "one"));
  ASSERT_OK(PutObject(*objects, "gone", "x"));
  ASSERT_OK(objects->Delete("gone"));
  EXPECT_OK(objects->Delete("gone")) << "a missing object is fine";
  LosePower();
  const auto again = Store();
  EXPECT_EQ(ValueOf(*again, "a/b/kept"), "kept");
  EXPECT_EQ(ValueOf(*again, "lease"), "one");
  EXPECT_EQ(ValueOf(*again, "gone"), "(not_found)");
}

TEST_F(ObjectStoreTest, PublishedObjectsSurviveALossOfPowerWithTheirNewFolders) {
  {
    const auto store = Store();
    const auto a = Written(*store, "1");
    const auto b = Written(*store, "2");
    const auto c = Written(*store, "3");
    const ObjectStore::Publication objects[] = {{a.get(), "x/aa/a"}, {b.get(), "x/aa/b"}, {c.get(), "x/bb/c"}};
    ASSERT_OK(store->Publish(objects));
  }
  LosePower();
  const auto store = Store();
  EXPECT_EQ(ValueOf(*store, "x/aa/a") + ValueOf(*store, "x/aa/b") + ValueOf(*store, "x/bb/c"), "123");
}

TEST_F(ObjectStoreTest, ManyAtOnceSyncEachFolderOnce) {
  const auto store = Store();
  std::vector<std::unique_ptr<ObjectWriter>> writers;
  std::vector<ObjectStore::Publication> objects;
  for (int i = 0; i < 8; ++i) {
    writers.push_back(Written(*store, "x"));
    ASSERT_OK(writers.back()->Finish());
    objects.push_back({writers.back().get(), "some/" + std::to_string(i)});
  }
  const std::uint64_t before = files_.changes();
  ASSERT_OK(store->Publish(objects));
  constexpr std::uint64_t kFolders = 2;  // created, and their parents synced
  EXPECT_LE(files_.changes() - before, objects.size() + 2 * kFolders);
}

TEST_F(ObjectStoreTest, AFailureAtAnyStepOfPublishingIsToldAndTheNextTrySucceeds) {
  std::uint64_t step = 1;
  for (;; ++step) {
    const auto store = Store();
    const auto a = Written(*store, "1");
    const auto b = Written(*store, "2");
    const std::string name = std::to_string(step);
    const ObjectStore::Publication objects[] = {{a.get(), name + "/aa/a"}, {b.get(), name + "/bb/b"}};
    files_.FailOn({.operation = FileOperation::kAnyChange, .nth = step});
    const bool published = store->Publish(objects).ok();
    files_.Heal();
    if (published) break;
    ASSERT_OK(PutObject(*store, name + "/bb/c", "3"));
    EXPECT_EQ(ValueOf(*store, name + "/bb/c"), "3");
  }
  EXPECT_GT(step, 8U);
}

TEST_F(ObjectStoreTest, ADeletionIsSyncedBeforeItIsAnswered) {
  const auto objects = Store();
  ASSERT_OK(PutObject(*objects, "a/b", "x"));
  files_.FailOn({.operation = FileOperation::kSyncDirectory, .path_part = "/a"});
  EXPECT_CODE(objects->Delete("a/b"), kIoError);
  files_.Heal();
}

TEST_F(ObjectStoreTest, AFailureAtAnyCallIsToldAndLeavesTheOldOrTheNew) {
  const auto steps = [this](ObjectStore& objects) {
    Status status = PutObject(objects, "a/new", "new");
    if (status.ok()) status = objects.Replace("small", "after");
    if (status.ok()) status = objects.Delete("a/old");
    if (status.ok()) status = objects.RemoveTemporary();
    if (status.ok()) status = objects.List("a").status();
    if (status.ok()) status = ReadObject(objects, "a/new", 10).status();
    return status;
  };
  bool failed = true;
  int told_ok = 0;
  for (std::uint64_t nth = 1; failed; ++nth) {
    ASSERT_LT(nth, 200U);
    fs::remove_all(Root());
    const auto objects = Store();
    ASSERT_OK(PutObject(*objects, "a/old", "old"));
    ASSERT_OK(objects->Replace("small", "before"));
    FileFailure failure;
    failure.nth = nth;
    files_.FailOn(failure);
    const std::uint64_t calls = files_.calls();
    const Status status = steps(*objects);
    failed = files_.calls() - calls >= nth;
    files_.Heal();
    // Removing a folder starts with an attempt to remove it as a file, whose failure is ignored.
    if (status.ok()) {
      EXPECT_EQ(ValueOf(*objects, "a/new") + ValueOf(*objects, "small") + ValueOf(*objects, "a/old"), "newafter(not_found)");
      EXPECT_FALSE(fs::exists(Root() + "/unfinished"));
      told_ok += failed ? 1 : 0;
    } else {
      EXPECT_TRUE(failed) << status.ToString();
      EXPECT_EQ(status.code(), StatusCode::kIoError) << status.ToString();
    }
    EXPECT_TRUE(ValueOf(*objects, "a/new") == "new" || ValueOf(*objects, "a/new") == "(not_found)") << nth;
    EXPECT_TRUE(ValueOf(*objects, "small") == "before" || ValueOf(*objects, "small") == "after") << nth;
    EXPECT_TRUE(ValueOf(*objects, "a/old") == "old" || ValueOf(*objects, "a/old") == "(not_found)") << nth;
    // Nothing blocks the next attempt.
    const Status again = PutObject(*objects, "a/new", "new");
    EXPECT_TRUE(again.ok() || again.code() == StatusCode::kAlreadyExists) << again.ToString();
    EXPECT_OK(objects->Replace("small", "after"));
    EXPECT_OK(objects->Delete("a/old"));
    EXPECT_OK(objects->RemoveTemporary());
    EXPECT_EQ(ValueOf(*objects, "a/new"), "new");
  }
  EXPECT_LE(told_ok, 1);
}

TEST_F(ObjectStoreTest, TheLockKeepsASecondHolderOut) {
  const auto objects = Store();
  Result<std::unique_ptr<FileLock>> lock = objects->Lock();
  ASSERT_OK(lock);
  EXPECT_CODE(Store()->Lock(), kBusy);
  lock->reset();
  EXPECT_OK(Store()->Lock());
}

}  // namespace
}  // namespace coffer::storage
