// The events of an operation that a listener receives, and when they end.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "coffer/import.h"
#include "http/server_fixture.h"
#include "support/status_matchers.h"

namespace coffer::http {
namespace {

// Returns nothing until it is opened, then the end.
class Gate {
 public:
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void Await() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class GatedSource final : public ByteSource {
 public:
  explicit GatedSource(Gate& gate) : gate_(gate) {}
  Result<std::size_t> Read(char* /*buffer*/, std::size_t /*length*/) override {
    gate_.Await();
    return std::size_t{0};
  }

 private:
  Gate& gate_;
};

class OperationEventsTest : public ServerFixture {
 protected:
  ~OperationEventsTest() override { gate_.Open(); }

  // An import that runs until the gate is opened.
  OperationOf<ImportReport> Begin() {
    auto operation = StartImport(*engine_, std::make_unique<GatedSource>(gate_), "gated", {}, {"root"});
    EXPECT_OK(operation);
    while (operation->Info().state == OperationState::kPending) std::this_thread::yield();
    return *std::move(operation);
  }
  static Json DataOf(const std::string& event) {
    const std::size_t begin = event.find("data: ") + 6;
    return Json::parse(event.substr(begin, event.find('\n', begin) - begin));
  }
  Response Listen(const std::string& id, const std::string& token = "admin-token") {
    return Get("/operations/" + id + "/events", token);
  }

  Gate gate_;
};

TEST_F(OperationEventsTest, AChangeIsToldOnceAndTheEndIsTheLast) {
  const auto operation = Begin();
  const Response response = Listen(operation.Info().id);
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/event-stream");
  EXPECT_TRUE(response.close);
  ASSERT_TRUE(response.events);
  Events event = (*response.events)();
  EXPECT_TRUE(event.text.starts_with("id: 1\nevent: progress\ndata: {")) << event.text;
  EXPECT_TRUE(event.text.ends_with("}\n\n"));
  EXPECT_FALSE(event.last);
  EXPECT_EQ(DataOf(event.text)["status"], "running");
  EXPECT_EQ((*response.events)().text, "") << "nothing is new";
  gate_.Open();
  ASSERT_OK(operation.Wait());
  event = (*response.events)();
  EXPECT_NE(event.text.find("\nevent: end\n"), std::string::npos) << event.text;
  EXPECT_TRUE(event.last);
  EXPECT_EQ(DataOf(event.text)["status"], "completed");
  EXPECT_EQ(DataOf(event.text)["id"], operation.Info().id);
}

TEST_F(OperationEventsTest, ACommentTellsThatTheConnectionLives) {
  const auto operation = Begin();
  const Response response = Listen(operation.Info().id);
  EXPECT_NE((*response.events)().text, "");
  clock_.Advance(14'000'000);
  EXPECT_EQ((*response.events)().text, "");
  clock_.Advance(1'000'000);
  EXPECT_EQ((*response.events)().text, ":\n\n");
  EXPECT_EQ((*response.events)().text, "");
}

TEST_F(OperationEventsTest, WhatIsSomebodyElsesIsNotThere) {
  const auto operation = Begin();
  EXPECT_EQ(Listen(operation.Info().id, "anna-token").status, 404);
  EXPECT_EQ(Listen("01ARZ3NDEKTSV4RRFFQ69G5FAV").status, 404);
  EXPECT_EQ(Listen(operation.Info().id, "").status, 401);
}

TEST_F(OperationEventsTest, ListenersAreBoundedAndAPlaceComesBack) {
  const auto operation = Begin();
  std::vector<Response> listeners;
  for (int i = 0; i < 64; ++i) listeners.push_back(Listen(operation.Info().id));
  EXPECT_EQ(listeners.back().status, 200);
  EXPECT_EQ(Listen(operation.Info().id).status, 503);
  listeners.pop_back();
  EXPECT_EQ(Listen(operation.Info().id).status, 200);
}

TEST_F(OperationEventsTest, AnAnswerOnItsWayMayOutliveItsService) {
  const auto operation = Begin();
  Response response = Listen(operation.Info().id);
  ASSERT_TRUE(response.events);
  const auto listeners = service_->listeners;
  EXPECT_EQ(listeners->load(), 1U);
  service_.reset();
  response = {};
  EXPECT_EQ(listeners->load(), 0U);
}

TEST_F(OperationEventsTest, HeadAsksForNoEvents) {
  StartServer();
  const auto operation = Begin();
  Client client = Connect();
  ASSERT_TRUE(client.Send(RequestText("HEAD", "/api/v1/data/operations/" + operation.Info().id + "/events", "admin-token")));
  const auto answer = client.Receive(/*head=*/true);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result_int(), 200U);
  EXPECT_EQ((*answer)["Content-Type"], "text/event-stream");
  EXPECT_TRUE(client.IsEnded()) << "though the operation runs";
}

TEST_F(OperationEventsTest, OverAConnectionTheyEndWithIt) {
  StartServer();
  const auto operation = Begin();
  Client client = Connect();
  ASSERT_TRUE(client.Send(RequestText("GET", "/api/v1/data/operations/" + operation.Info().id + "/events", "admin-token")));
  gate_.Open();
  const auto answer = client.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result_int(), 200U);
  EXPECT_EQ((*answer)["Content-Type"], "text/event-stream");
  EXPECT_EQ((*answer)["Connection"], "close");
  EXPECT_FALSE(answer->has_content_length());
  EXPECT_NE(answer->body().find("event: end\n"), std::string::npos) << answer->body();
  EXPECT_TRUE(client.IsEnded());
}

TEST_F(OperationEventsTest, StoppingTheServerEndsAListener) {
  StartServer();
  const auto operation = Begin();
  Client client = Connect();
  ASSERT_TRUE(client.Send(RequestText("GET", "/api/v1/data/operations/" + operation.Info().id + "/events", "admin-token")));
  StopServer();
  EXPECT_TRUE(client.IsEnded());
}

}  // namespace
}  // namespace coffer::http
