// OperationsFixture: the records of ServiceFixture, and waiting for operations.
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <thread>

#include "http/service_fixture.h"

namespace coffer::http {

class OperationsFixture : public ServiceFixture {
 protected:
  OperationsFixture() { PutSample(); }

  // Waits for the operation and returns the response of its call.
  Json Ended(const std::string& path) {
    for (int i = 0; i < 1000; ++i) {
      const Json json = BodyOf(Get(path, "admin-token"));
      const std::string status = json.value("status", "");
      if (status != "pending" && status != "running") return json;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << path << " does not end";
    return {};
  }

  Json CompletedBackup(const std::string& body = "{}") {
    const std::string id = BodyOf(Post("/backup", "admin-token", body)).value("id", "");
    Json backup = Ended("/backups/" + id);
    EXPECT_EQ(backup["status"], "completed");
    return backup;
  }
  std::string CompletedBackupId() { return CompletedBackup()["id"]; }

  Response Delete(const std::string& path, const std::string& token) { return Call("DELETE", kBase + path, token); }

  static std::set<std::string> MembersOf(const Json& json) {
    std::set<std::string> names;
    for (const auto& [name, value] : json.items()) names.insert(name);
    return names;
  }
};

}  // namespace coffer::http
