// Fails every allocation of a call once, in the calling thread. Reports are left out: nlohmann/json destroys partly built objects
// when memory runs out.
#include <coffer/c.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "support/failing_allocations.h"
#include "support/temp_directory.h"

namespace {

coffer_text Text(const std::string& text) { return {text.data(), text.size()}; }

class MemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(coffer::RocksDbIsFound());
    ASSERT_EQ(coffer_open(Text(folder_.File("data")), nullptr, &engine_, nullptr), COFFER_OK);
    Renew();
  }
  void TearDown() override {
    // The counters match the stored records.
    coffer_string* report = nullptr;
    ASSERT_EQ(coffer_check_integrity(engine_, &report, nullptr), COFFER_OK);
    const std::string_view text = coffer_string_text(report).data;
    EXPECT_NE(text.find("\"ok\":true"), std::string_view::npos) << text;
    coffer_string_free(report);
    EXPECT_EQ(coffer_close(engine_, nullptr), COFFER_OK);
    coffer_engine_free(engine_);
  }

  using Work = std::function<coffer_status(coffer_error** error)>;

  // The first call runs undisturbed and allocates what is made once per process. Then one allocation fails per call, until none
  // is left. `after` checks the state after a failed call.
  void FailEach(
      const Work& work, const std::function<void()>& after = [] {}) {
    ASSERT_EQ(work(nullptr), COFFER_OK);
    long failed = 0;
    for (bool was_reached = true; was_reached; ++failed) {
      coffer_error* error = nullptr;
      coffer::FailAllocationBehind(failed);
      const coffer_status status = work(&error);
      was_reached = coffer::StopFailingAllocations();
      EXPECT_EQ(status, was_reached ? COFFER_RESOURCE_EXHAUSTED : COFFER_OK) << "allocation " << failed;
      EXPECT_EQ(coffer_error_status(error), status) << "allocation " << failed;
      coffer_error_free(error);
      if (status != COFFER_OK) after();
      ASSERT_LT(failed, 10'000);
    }
    EXPECT_GT(failed, 2) << "the call allocates more than this";
  }

  // A call that returns a handle: NULL after a failure.
  template <typename Handle, typename Give>
  Work Giving(Give give, void (*free)(Handle*)) {
    return [give, free](coffer_error** error) {
      Handle* out = nullptr;
      const coffer_status status = give(&out, error);
      EXPECT_EQ(out != nullptr, status == COFFER_OK);
      free(out);
      return status;
    };
  }
  template <typename Give>
  Work GivingString(Give give) {
    return Giving<coffer_string>(give, coffer_string_free);
  }

  coffer_status Has(coffer_kind kind, const std::string& id) {
    coffer_string* out = nullptr;
    const coffer_status status = kind == COFFER_PROMPT ? coffer_get_prompt(engine_, Text(id), nullptr, &out, nullptr)
                                                       : coffer_get_conversation(engine_, Text(id), 0, nullptr, &out, nullptr);
    coffer_string_free(out);
    return status;
  }
  template <typename PutRecord>
  void Put(PutRecord put, const std::string& record) {
    coffer::StopFailingAllocations();
    coffer_string* id = nullptr;
    ASSERT_EQ(put(engine_, Text(record), COFFER_UPSERT, &id, nullptr), COFFER_OK);
    coffer_string_free(id);
  }
  // Commits one conversation with a message.
  coffer_status CommitBatch(coffer_error** error) {
    coffer_batch* batch = nullptr;
    coffer_outcomes* outcomes = nullptr;
    const coffer_text message = Text(message_);
    coffer_status status = coffer_batch_new(engine_, &batch, error);
    if (status == COFFER_OK) {
      status = coffer_batch_put_conversation_with_messages(batch, Text(conversation_), &message, 1, COFFER_UPSERT, error);
    }
    if (status == COFFER_OK) status = coffer_commit(engine_, batch, COFFER_DURABLE, &outcomes, error);
    coffer_outcomes_free(outcomes);
    coffer_batch_free(batch);
    return status;
  }

  // Other records of another owner, whose counters do not exist yet. All texts are too long for a string's inline buffer.
  void Renew() {
    coffer::StopFailingAllocations();
    const std::string number = std::to_string(++number_);
    id_ = "the-record-of-the-number-" + number;
    owner_ = "the-owner-of-the-number-" + number;
    prompt_ = R"({"id":")" + id_ + R"(","owner_id":")" + owner_ + R"(","name":"Sum up","content":"Sum up: {text}"})";
    conversation_ = R"({"id":")" + id_ + R"(","user_id":")" + owner_ + R"(","title":"Lisbon"})";
  }

  coffer::TempDirectory folder_;
  coffer_engine* engine_ = nullptr;
  int number_ = 0;
  std::string id_, owner_, prompt_, conversation_;
  const std::string message_ = R"({"role":"user","content":"longer than what a string holds in itself, by far"})";
};

TEST_F(MemoryTest, TextIsNotCalledBadWhenMemoryEnds) {
  FailEach(GivingString(
      [&](coffer_string** out, coffer_error** error) { return coffer_canonical(COFFER_PROMPT, Text(prompt_), out, error); }));
}

TEST_F(MemoryTest, WriteIsDoneOrNot) {
  FailEach(
      [&](coffer_error** error) {
        coffer_string* id = nullptr;
        const coffer_status status = coffer_put_prompt(engine_, Text(prompt_), COFFER_UPSERT, &id, error);
        coffer_string_free(id);
        if (status == COFFER_OK) Renew();
        return status;
      },
      [&] {
        EXPECT_EQ(Has(COFFER_PROMPT, id_), COFFER_NOT_FOUND);
        Renew();
      });
}

TEST_F(MemoryTest, AppendIsDoneOrNot) {
  Put(coffer_put_conversation, conversation_);
  std::uint64_t sequence = 0;
  FailEach([&](coffer_error** error) { return coffer_append_message(engine_, Text(id_), Text(message_), &sequence, error); });
  EXPECT_EQ(sequence, 1U) << "only the first and the last call should append";
}

TEST_F(MemoryTest, DeleteIsDoneOrNot) {
  Put(coffer_put_prompt, prompt_);
  FailEach(
      [&](coffer_error** error) {
        const coffer_status status = coffer_delete(engine_, COFFER_PROMPT, Text(id_), Text(owner_), error);
        if (status == COFFER_OK) Put(coffer_put_prompt, prompt_);
        return status;
      },
      [&] { EXPECT_EQ(Has(COFFER_PROMPT, id_), COFFER_OK); });
}

TEST_F(MemoryTest, BatchIsDoneOrNot) {
  FailEach(
      [&](coffer_error** error) {
        const coffer_status status = CommitBatch(error);
        if (status == COFFER_OK) Renew();
        return status;
      },
      [&] {
        EXPECT_EQ(Has(COFFER_CONVERSATION, id_), COFFER_NOT_FOUND);
        Renew();
      });
}

TEST_F(MemoryTest, ReadIsWholeOrNot) {
  Put(coffer_put_prompt, prompt_);
  FailEach(GivingString(
      [&](coffer_string** out, coffer_error** error) { return coffer_get_prompt(engine_, Text(id_), nullptr, out, error); }));
  FailEach(Giving<coffer_page>(
      [&](coffer_page** out, coffer_error** error) { return coffer_list(engine_, COFFER_PROMPT, nullptr, out, error); },
      coffer_page_free));
  FailEach(Giving<coffer_snapshot>(
      [&](coffer_snapshot** out, coffer_error** error) { return coffer_snapshot_take(engine_, out, error); },
      coffer_snapshot_free));
}

}  // namespace
