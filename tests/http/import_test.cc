// POST /import: an operation reads the body while it arrives.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "coffer/export.h"
#include "http/requests/body_pipe.h"
#include "http/server_fixture.h"
#include "support/status_matchers.h"

namespace coffer::http {
namespace {

class ImportTest : public ServerFixture {
 protected:
  static std::string Lines(int first, int count) {
    std::string lines;
    for (int i = first; i < first + count; ++i) {
      lines += R"({"type":"prompt","id":"new-)" + std::to_string(i) + R"(","owner_id":"anna","name":"N","content":")" +
               std::string(400, 'x') + "\"}\n";
    }
    return lines;
  }

  static std::string Head(const std::string& query, const std::string& framing, const std::string& token = "admin-token") {
    return "POST /api/v1/data/import" + query + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
           "\r\nContent-Type: application/x-ndjson\r\n" + framing + "\r\n\r\n";
  }
  static std::string Length(std::size_t bytes) { return "Content-Length: " + std::to_string(bytes); }

  Json Ended(const std::string& id) {
    for (int i = 0; i < 1000; ++i) {
      const Json operation = BodyOf(Get("/operations/" + id, "admin-token"));
      if (operation["status"] != "pending" && operation["status"] != "running") return operation;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return {};
  }
};

TEST_F(ImportTest, StoresWhatComesAndTellsWhichLinesFailed) {
  StartServer();
  const std::string body = Lines(0, 3) + "nonsense\n" + Lines(0, 1);
  Client client = Connect();
  ASSERT_TRUE(client.Send(Head("?on_conflict=skip", Length(body.size())) + body));
  const auto answer = client.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result_int(), 202U);
  const Json done = Ended(Json::parse(answer->body())["id"]);
  EXPECT_EQ(done["status"], "completed");
  EXPECT_EQ(done["result"]["imported"]["prompts"], 3);
  EXPECT_EQ(done["result"]["skipped"], 1);
  ASSERT_EQ(done["result"]["errors"].size(), 1U);
  EXPECT_EQ(done["result"]["errors"][0]["line"], 4);
  EXPECT_TRUE(engine_->GetPrompt("new-2").ok());
}

TEST_F(ImportTest, TakesChatsOfOtherProgramsAndTellsTheirLosses) {
  StartServer();
  const std::string body = R"([{"id":"c","chat":{"history":{"messages":{"m":{"id":"m","role":"robot","content":"hi"}}}}}])";
  Client client = Connect();
  ASSERT_TRUE(client.Send(Head("?owner=anna&format=open-webui", Length(body.size())) + body));
  const auto answer = client.Receive();
  ASSERT_TRUE(answer);
  const Json done = Ended(Json::parse(answer->body())["id"]);
  EXPECT_EQ(done["status"], "completed");
  EXPECT_EQ(done["result"]["imported"]["messages"], 1);
  EXPECT_EQ(done["result"]["losses_total"], 1);
  EXPECT_EQ(done["result"]["losses"][0]["field"], "history.messages[].role");
  Client other = Connect();
  ASSERT_TRUE(other.Send(Head("?format=word", Length(0))));
  EXPECT_EQ(other.Receive()->result_int(), 422U);
}

TEST_F(ImportTest, TakesExportsToo) {
  StartServer();
  for (ExportFormat format : {ExportFormat::kJson, ExportFormat::kNdjson, ExportFormat::kCsv}) {
    ExportOptions options;
    options.format = format;
    options.output = directory_.File("export-" + std::string(ExportFormatName(format)));
    ASSERT_OK(RunExport(*engine_, options));
    std::ifstream file(options.output, std::ios::binary);
    const std::string body((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    ASSERT_OK(engine_->Delete(Kind::kConversation, "c1"));
    Client client = Connect();
    ASSERT_TRUE(client.Send(Head("", Length(body.size())) + body));
    const auto answer = client.Receive();
    ASSERT_TRUE(answer);
    const Json done = Ended(Json::parse(answer->body())["id"]);
    EXPECT_EQ(done["status"], "completed") << done;
    EXPECT_EQ(done["result"]["imported"]["conversations"], 1);
    EXPECT_EQ(done["result"]["errors_total"], 0) << done;
    EXPECT_TRUE(engine_->GetMessage("c1", 1).ok());
  }
}

TEST_F(ImportTest, TakesMoreThanAWindowInChunksAndGoesOnWithTheConnection) {
  StartServer();
  Client client = Connect();
  ASSERT_TRUE(client.Send(Head("", "Transfer-Encoding: chunked\r\nExpect: 100-continue")));
  EXPECT_EQ(client.ReceiveLine(), "HTTP/1.1 100 Continue\r\n\r\n");
  for (int i = 0; i < 20; ++i) {
    const std::string piece = Lines(i * 1000, 1000);
    std::ostringstream size;
    size << std::hex << piece.size();
    ASSERT_TRUE(client.Send(size.str() + "\r\n" + piece + "\r\n"));
  }
  ASSERT_TRUE(client.Send("0\r\n\r\n" + RequestText("GET", "/healthz", "")));
  const auto answer = client.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(Ended(Json::parse(answer->body())["id"])["result"]["imported"]["prompts"], 20'000);
  EXPECT_EQ(client.Receive()->result_int(), 200U);
}

TEST_F(ImportTest, BodyThatBreaksOffFailsTheOperation) {
  StartServer();
  Client client = Connect();
  ASSERT_TRUE(client.Send(Head("", Length(1'000'000)) + Lines(0, 5)));
  client.EndSending();
  EXPECT_EQ(client.Receive()->result_int(), 400U);
  const std::string id = BodyOf(Get("/operations", "admin-token"))["operations"][0]["id"];
  const Json done = Ended(id);
  EXPECT_TRUE(done["status"] == "failed" || done["status"] == "cancelled") << done;
}

TEST_F(ImportTest, IsTheAdminsAndHasALimit) {
  StartServer();
  Client user = Connect();
  ASSERT_TRUE(user.Send(Head("", Length(2), "anna-token") + "{}"));
  EXPECT_EQ(user.Receive()->result_int(), 403U);
  Client large = Connect();
  ASSERT_TRUE(large.Send(Head("", Length(kImportBytesMax + 1))));
  EXPECT_EQ(large.Receive()->result_int(), 413U);
  Client wrong = Connect();
  ASSERT_TRUE(wrong.Send(Head("?on_conflict=merge&kind=content", Length(2)) + "{}"));
  const auto answer = wrong.Receive();
  EXPECT_EQ(answer->result_int(), 422U);
  EXPECT_EQ(Json::parse(answer->body())["detail"].size(), 2U);
}

TEST_F(ImportTest, ServerEndsWhileABodyComes) {
  StartServer();
  Client client = Connect();
  ASSERT_TRUE(client.Send(Head("", Length(1'000'000)) + Lines(0, 5)));
  for (int i = 0; i < 500 && BodyOf(Get("/operations", "admin-token"))["operations"].empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  StopServer();
  EXPECT_TRUE(client.IsEnded());
}

TEST(BodyPipeTest, TakesAWindowAndThenWaitsForItsReader) {
  const auto pipe = std::make_shared<BodyPipe>();
  auto source = BodyPipe::MakeSource(pipe);
  const std::string window(BodyPipe::kWindowBytes, 'x');
  EXPECT_EQ(pipe->Write(window), BodyPipe::Push::kTaken);
  EXPECT_EQ(pipe->Write("y"), BodyPipe::Push::kFull);
  int told = 0;
  pipe->OnRoom([&told] { ++told; });
  EXPECT_EQ(told, 0);
  char byte = 0;
  EXPECT_EQ(*source->Read(&byte, 1), 1U);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(pipe->Write("y"), BodyPipe::Push::kTaken);
  source.reset();
  EXPECT_EQ(pipe->Write("z"), BodyPipe::Push::kNobodyReads);
  pipe->OnRoom([&told] { ++told; });
  EXPECT_EQ(told, 2);
}

TEST(BodyPipeTest, FailureComesBehindWhatCameBeforeIt) {
  const auto pipe = std::make_shared<BodyPipe>();
  const auto source = BodyPipe::MakeSource(pipe);
  EXPECT_EQ(pipe->Write("ab"), BodyPipe::Push::kTaken);
  pipe->Fail(Status::Cancelled("broken off"));
  pipe->End();
  char bytes[8];
  EXPECT_EQ(*source->Read(bytes, sizeof bytes), 2U);
  EXPECT_CODE(source->Read(bytes, sizeof bytes), kCancelled);
}

}  // namespace
}  // namespace coffer::http
