#include "operations/export/custom_query.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "coffer/export.h"
#include "operations/operations_fixture.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

class CustomQueryTest : public OperationsTest {
 protected:
  void SetUp() override {
    Open();
    for (int i = 0; i < 20; ++i) {
      Conversation conversation;
      conversation.id = "c" + std::to_string(10 + i);
      conversation.user_id = i % 2 == 0 ? "anna" : "ben";
      conversation.title = "title " + std::to_string(i % 5);
      if (i % 4 == 0) conversation.tags = {{"x", "tag " + std::to_string(i)}};
      if (i % 3 == 0) conversation.total_cost = JsonNumber::Parse("9007199254740993." + std::to_string(i)).value();
      conversation.created_at = Timestamp{i * std::int64_t{1'000'000}};
      ASSERT_OK(conversation.unknown_members.Add("mine", Json::Parse(std::to_string(i)).value()));
      Message message;
      message.id = "m";
      message.content = "text " + std::to_string(i);
      message.created_at = Timestamp{i * std::int64_t{1'000'000}};
      ASSERT_OK(engine().PutConversationWithMessages(conversation, std::vector<Message>{message}));
    }
    PutDocument("d1", "bytes");
  }

  OrderedJson Rows(const std::string& query, const std::string& user = {}) {
    ExportOptions options;
    options.scope = ExportScope::kCustom;
    options.custom_query = query;
    options.owner = user;
    options.compress = false;
    options.output = directory_.File("out" + std::to_string(exports_++));
    const Result<ExportReport> report = RunExport(engine(), options);
    EXPECT_OK(report);
    if (!report.ok()) return OrderedJson::array();
    const OrderedJson json = OrderedJson::parse(ReadBytes(options.output));
    const std::string entity = OrderedJson::parse(query).at("entity");
    EXPECT_EQ(json.at("counts").at(entity), json.at(entity).size());
    return json.at(entity);
  }

  std::string Ids(const std::string& parts, const std::string& user = {}) {
    std::string ids;
    for (const OrderedJson& row : Rows(R"({"entity":"conversations","fields":["id"])" + parts + "}", user)) {
      ids += row.at("id").get<std::string>().substr(1) + " ";
    }
    return ids;
  }

  static std::string FaultOf(const std::string& query) {
    const Result<CustomQuery> parsed = CustomQuery::Parse(query);
    EXPECT_CODE(parsed, kInvalidArgument);
    return std::string(parsed.status().message());
  }

  int exports_ = 0;
};

TEST_F(CustomQueryTest, EachOpHoldsWhatItSays) {
  EXPECT_EQ(Ids(R"(,"where":{"id":{"eq":"c12"}})"), "12 ");
  EXPECT_EQ(Ids(R"(,"where":{"id":{"gt":"c12","lte":"c15"}})"), "13 14 15 ");
  EXPECT_EQ(Ids(R"(,"where":{"id":{"in":["c29","c10","zz"]}})"), "10 29 ");
  EXPECT_EQ(Ids(R"(,"where":{"title":{"contains":"le 4"},"user_id":{"ne":"anna"}})"), "19 29 ");
  EXPECT_EQ(Ids(R"(,"where":{"tags":{"contains":"tag 4"}})"), "14 ");
  EXPECT_EQ(Ids(R"(,"where":{"tags":{"exists":true}})"), "10 14 18 22 26 ");
  EXPECT_EQ(Ids(R"(,"where":{"tags":{"exists":false},"id":{"lt":"c13"}})"), "11 12 ");
  EXPECT_EQ(Ids(R"(,"where":{"total_cost":{"gt":9007199254740993.2}})"), "13 16 19 ") << "not through a double";
  EXPECT_EQ(Ids(R"(,"where":{"total_cost":{"gte":9007199254740993.3,"lt":9007199254740993.9}})"), "13 16 ");
  EXPECT_EQ(Ids(R"(,"where":{"message_count":{"eq":1.0},"id":{"lt":"c11"}})"), "10 ");
  EXPECT_EQ(Ids(R"(,"where":{"created_at":{"lt":"1970-01-01T01:00:02+01:00"}})"), "10 11 ");
}

TEST_F(CustomQueryTest, OrHoldsWhereOneOfItsAlternativesDoes) {
  EXPECT_EQ(
      Ids(R"(,"where":{"user_id":{"eq":"anna"},"or":[{"id":{"eq":"c12"}},{"id":{"eq":"c13"}},{"title":{"eq":"title 0"}}]})"),
      "10 12 20 ");
  EXPECT_EQ(Ids(R"(,"where":{"or":[{"id":{"eq":"c12"},"or":[{"user_id":{"eq":"ben"}}]},{"id":{"eq":"c13"}}]})"), "13 ");
}

TEST_F(CustomQueryTest, OrderAndLimitChooseTheRows) {
  EXPECT_EQ(Ids(R"(,"limit":3)"), "10 11 12 ");
  EXPECT_EQ(Ids(R"(,"limit":0)"), "");
  EXPECT_EQ(Ids(R"(,"order_by":["-id"],"limit":2)"), "29 28 ");
  EXPECT_EQ(Ids(R"(,"order_by":["title","-created_at"],"limit":5)"), "25 20 15 10 26 ");
  EXPECT_EQ(Ids(R"(,"order_by":["total_cost","id"],"limit":14)"), "11 12 14 15 17 18 20 21 23 24 26 27 29 10 ")
      << "absent first";
}

TEST_F(CustomQueryTest, FieldsAreThoseAskedForInTheirOrder) {
  const OrderedJson rows =
      Rows(R"({"entity":"conversations","fields":["title","_unknown","tags","id"],"where":{"id":{"eq":"c11"}}})");
  EXPECT_EQ(rows.dump(), R"([{"title":"title 1","_unknown":{"mine":1},"id":"c11"}])");
  const OrderedJson all = Rows(R"({"entity":"conversations","where":{"id":{"eq":"c11"}}})");
  EXPECT_EQ(all.at(0).at("message_count"), 1);
  EXPECT_EQ(Rows(R"({"entity":"documents","fields":["id","file_size"]})").dump(), R"([{"id":"d1","file_size":5}])");
  EXPECT_EQ(
      Rows(
          R"({"entity":"messages","fields":["conversation_id","sequence_number","content"],"where":{"conversation_id":{"eq":"c13"}}})")
          .dump(),
      R"([{"conversation_id":"c13","sequence_number":0,"content":"text 3"}])");
}

TEST_F(CustomQueryTest, WhatIsNotThereIsNoRow) {
  EXPECT_EQ(Ids(R"(,"where":{"id":{"eq":"missing"}})"), "");
  EXPECT_EQ(Ids(R"(,"where":{"id":{"eq":"not an id"}})"), "");
  EXPECT_EQ(Ids(R"(,"where":{"user_id":{"eq":"nobody"}})"), "");
}

TEST_F(CustomQueryTest, AnOwnerOfTheExportIsNeverWidenedByTheQuery) {
  EXPECT_EQ(Ids(R"(,"where":{"id":{"lt":"c14"}})", "ben"), "11 13 ");
  EXPECT_EQ(Ids(R"(,"where":{"user_id":{"eq":"anna"}})", "ben"), "");
  EXPECT_EQ(Ids(R"(,"where":{"id":{"eq":"c10"}})", "ben"), "");
  EXPECT_EQ(
      Rows(R"({"entity":"messages","fields":["conversation_id"],"where":{"conversation_id":{"eq":"c10"}}})", "ben").size(), 0U);
}

TEST_F(CustomQueryTest, AFaultNamesItsClause) {
  EXPECT_EQ(FaultOf(""), "custom_query: missing");
  EXPECT_EQ(FaultOf("[]"), "custom_query: not an object");
  EXPECT_EQ(FaultOf("{}"), "custom_query: entity: missing");
  EXPECT_EQ(FaultOf(R"({"entity":"users"})"), "custom_query: entity: expected conversations, messages, documents or prompts");
  const auto fault = [](const std::string& parts) { return FaultOf(R"({"entity":"conversations",)" + parts + "}"); };
  EXPECT_EQ(fault(R"("select":[])"),
            "custom_query: select: not a part of a query: expected entity, fields, where, order_by or limit");
  EXPECT_EQ(fault(R"("fields":["id","nope"])"), "custom_query: fields[1]: conversations have no member \"nope\"");
  EXPECT_EQ(fault(R"("fields":[])"), "custom_query: fields: empty");
  EXPECT_EQ(fault(R"("fields":["id","id"])"), "custom_query: fields[1]: given twice");
  EXPECT_EQ(fault(R"("where":{"title":"x"})"), "custom_query: where.title: not an object of {op: value}");
  EXPECT_EQ(fault(R"("where":{"title":{"like":"x"}})"),
            "custom_query: where.title.like: not an op: expected eq, ne, lt, lte, gt, gte, in, contains or exists");
  EXPECT_EQ(fault(R"("where":{"title":{"gt":1}})"), "custom_query: where.title.gt: not a string");
  EXPECT_EQ(fault(R"("where":{"or":[{"id":{"eq":"a"}},{"total_cost":{"eq":"1"}}]})"),
            "custom_query: where.or[1].total_cost.eq: not a number");
  EXPECT_EQ(fault(R"("where":{"id":{"in":["a",1]}})"), "custom_query: where.id.in[1]: not a string");
  EXPECT_EQ(fault(R"("where":{"tags":{"lt":"a"}})"), "custom_query: where.tags.lt: tags has no order");
  EXPECT_EQ(fault(R"("where":{"tags":{"exists":1}})"), "custom_query: where.tags.exists: not true or false");
  EXPECT_EQ(fault(R"("where":{"title":{"eq":null}})"),
            "custom_query: where.title.eq: not a value; to match absent members, use exists");
  EXPECT_EQ(fault(R"("order_by":["-tags"])"), "custom_query: order_by[0]: tags has no order");
  EXPECT_EQ(fault(R"("limit":-1)"), "custom_query: limit: not a whole number of 0 or more");
  EXPECT_EQ(fault(R"("limit":1e2)"), "custom_query: limit: not a whole number of 0 or more");
  EXPECT_TRUE(fault(R"("where":{"created_at":{"gt":"yesterday"}})").starts_with("custom_query: where.created_at.gt: "));
}

TEST_F(CustomQueryTest, AHostileQueryIsRefusedByItsLimits) {
  std::string many = R"({"entity":"messages","where":{"id":{"in":[)";
  for (std::size_t i = 0; i <= kCustomQueryClausesMax; ++i) many += i == 0 ? "\"a\"" : ",\"a\"";
  EXPECT_NE(FaultOf(many + "]}}}").find("where.id.in: more than 1000"), std::string::npos);
  EXPECT_NE(FaultOf(std::string(kCustomQueryBytesMax + 1, ' ')).find("above"), std::string::npos);
  std::string deep = R"({"entity":"messages","where":)";
  for (int i = 0; i < 200; ++i) deep += "{\"or\":[";
  EXPECT_NE(FaultOf(deep).find("custom_query"), std::string::npos);
}

}  // namespace
}  // namespace coffer::operations
