// Headers and keys that our writer never makes.
#include "format/age/age_header.h"

#include <array>
#include <cctype>
#include <vector>

#include "age_files.h"
#include "format/age/age_stream.h"
#include "format/age/base64.h"
#include "format/age/bech32.h"

namespace coffer::format {
namespace {

const std::string kVersionLine = "age-encryption.org/v1\n";

std::string Unpadded(ByteSpan bytes) {
  std::string text;
  AppendBase64({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, text);
  while (text.ends_with('=')) text.pop_back();
  return text;
}

// Files with any header and a valid MAC, so that the refusal is not due to the MAC.
class AgeForgery : public testing::Test {
 protected:
  AgeForgery() {
    file_key_.bytes.fill(7);
    const std::string header = *AgeHeader::Compose(std::span(&identity_.recipient(), 1), file_key_);
    stanza_ = header.substr(kVersionLine.size(), header.find("---") - kVersionLine.size());
  }

  std::string Mac(const std::string& authenticated) const {
    return Unpadded(*HmacSha256(HkdfSha256(file_key_.bytes, {}, "header")->bytes, authenticated));
  }
  std::string Seal(std::string_view plain, std::uint64_t chunk, bool last) const {
    ChaChaPoly cipher = *ChaChaPoly::Create(*AgePayloadKey(file_key_, kNonce), ChaChaPoly::Direction::kSeal);
    std::string sealed(plain.size() + ChaChaPoly::kTagBytes, '\0');
    EXPECT_OK(cipher.Seal(AgeChunkNonce(chunk, last), plain, sealed.data()));
    return sealed;
  }
  std::string Headed(const std::string& stanzas) const {
    const std::string authenticated = kVersionLine + stanzas + "---";
    return authenticated + " " + Mac(authenticated) + "\n" + kNonce;
  }
  std::string File(const std::string& stanzas) const { return Headed(stanzas) + Seal("hello", 0, true); }
  Result<std::string> Unpack(std::string_view file) const { return Decrypt(file, std::span(&identity_, 1)); }

  const std::string kNonce = "0123456789abcdef";
  const AgeIdentity identity_ = NewIdentity();
  AgeFileKey file_key_;
  std::string stanza_;  // wraps file_key_ for identity_
};

TEST_F(AgeForgery, EntriesOfOtherKindsArePassedOver) {
  const std::string body = std::string(64, 'A') + "\n" + std::string(64, 'B') + "\n";
  for (const std::string& other : {std::string("-> joint-grease !~ x\n\n"), "-> ssh-ed25519 a b c\n" + body + "QUI\n",
                                   std::string("-> x25519 lower\nAAAA\n"), "-> empty-last-line\n" + body + "\n"}) {
    for (const std::string& stanzas : {other + stanza_, stanza_ + other, other + stanza_ + other}) {
      const Result<std::string> plain = Unpack(File(stanzas));
      ASSERT_OK(plain) << stanzas;
      EXPECT_EQ(*plain, "hello");
    }
    EXPECT_CODE(Unpack(File(other)), kPermissionDenied);
  }
}

TEST_F(AgeForgery, APassphraseStandsAlone) {
  const std::string scrypt = "-> scrypt c2FsdHNhbHRzYWx0c2FsdA 10\n" + std::string(43, 'A') + "\n";
  EXPECT_CODE(Unpack(File(scrypt)), kPermissionDenied);
  EXPECT_CODE(Unpack(File(scrypt + stanza_)), kCorruption);
  EXPECT_CODE(Unpack(File(stanza_ + scrypt)), kCorruption);
}

TEST_F(AgeForgery, DamagedLinesAreRefusedUnderAFittingMac) {
  const std::size_t share_end = stanza_.find('\n');
  const std::string share_line = stanza_.substr(0, share_end);
  const std::string body = stanza_.substr(share_end + 1, 43);
  ASSERT_EQ(stanza_, share_line + "\n" + body + "\n");
  // The last of 43 characters has four bits of data and two that must be zero.
  std::string loose_body = body;
  loose_body.back() = static_cast<char>(loose_body.back() + 1);
  std::string loose_share = share_line;
  loose_share.back() = static_cast<char>(loose_share.back() + 1);
  const std::string stanzas[] = {"",
                                 "\n",
                                 share_line + "\n",
                                 share_line + "\n" + body,
                                 share_line + "=\n" + body + "\n",
                                 share_line + "\n" + body + "=\n",
                                 share_line + "\n" + loose_body + "\n",
                                 loose_share + "\n" + body + "\n",
                                 share_line + " more\n" + body + "\n",
                                 share_line + "\r\n" + body + "\r\n",
                                 share_line + "\n" + body + "\r\n",
                                 share_line + " \n" + body + "\n",
                                 "->" + share_line.substr(3) + "\n" + body + "\n",
                                 "->  " + share_line.substr(3) + "\n" + body + "\n",
                                 "-> X25519\n" + body + "\n",
                                 share_line + "A\n" + body + "\n",
                                 share_line + "\n" + body + "A\n",
                                 share_line + "\nAAAA\n",
                                 share_line + "\n" + body.substr(0, 20) + "\n" + body.substr(20) + "\n",
                                 stanza_ + "\n",
                                 stanza_ + "-> long\n" + std::string(65, 'A') + "\n",
                                 stanza_ + "-> long\n" + std::string(68, 'A') + "\n\n",
                                 stanza_ + "-> \n\n",
                                 stanza_ + "->\n\n",
                                 stanza_ + "-> tab\tin\n\n",
                                 stanza_ + "-> caf\xC3\xA9\n\n",
                                 stanza_ + std::string("-> nul\0\n\n", 9),
                                 stanza_ + std::string("-> nul\nAA\0A\n", 12),
                                 stanza_ + "-> open\n" + std::string(64, 'A') + "\n"};
  for (const std::string& stanza : stanzas) EXPECT_CODE(Unpack(File(stanza)), kCorruption) << stanza;
  EXPECT_OK(Unpack(File(stanza_)));
}

TEST_F(AgeForgery, AShareWithoutASecretIsForged) {
  const std::string zeros = "-> X25519 " + std::string(43, 'A') + "\n" + std::string(43, 'A') + "\n";
  // A point of order eight.
  const std::string low = "-> X25519 4Ot6fDtBuK4WVuP68Z/EatoJjeucMrH9hmIFFl9JuAA\n" + std::string(43, 'A') + "\n";
  EXPECT_CODE(Unpack(File(zeros + stanza_)), kCorruption);
  EXPECT_CODE(Unpack(File(low + stanza_)), kCorruption);
}

TEST_F(AgeForgery, AMacThatIsNoneIsRefused) {
  const std::string authenticated = kVersionLine + stanza_ + "---";
  const std::string payload = kNonce + Seal("hello", 0, true);
  const std::string mac = Mac(authenticated);
  ASSERT_OK(Unpack(authenticated + " " + mac + "\n" + payload));
  for (const std::string& line : {std::string(), std::string(" "), mac, " " + mac.substr(1), " " + mac + "=", " " + mac + "\r",
                                  " " + mac + " ", "  " + mac, " " + std::string(43, 'A')}) {
    EXPECT_CODE(Unpack(authenticated + line + "\n" + payload), kCorruption) << line;
  }
  EXPECT_CODE(Unpack(authenticated + " " + mac), kCorruption);
  EXPECT_CODE(Unpack(kVersionLine + stanza_ + payload), kCorruption);
  const std::string other = kVersionLine + "-> more\n\n" + stanza_ + "---";
  EXPECT_CODE(Unpack(other + " " + mac + "\n" + payload), kCorruption);
}

TEST_F(AgeForgery, OnlyVersionOneIsRead) {
  const std::string rest = File(stanza_).substr(kVersionLine.size());
  for (const char* line : {"age-encryption.org/v2\n", "age-encryption.org/v1.1\n", "age-encryption.org/v10\n"}) {
    EXPECT_CODE(Unpack(line + rest), kUnavailable) << line;
  }
  for (const char* line : {"", "age-encryption.org/v1\r\n", "Age-encryption.org/v1\n", "\n"}) {
    EXPECT_CODE(Unpack(line + rest), kCorruption) << line;
  }
  EXPECT_CODE(Unpack(RandomBytes(100'000, 1)), kCorruption);
}

TEST_F(AgeForgery, AHeaderAboveTheLimitsIsRefusedWithoutReadingOn) {
  const std::string too_many = [&] {
    std::string stanzas;
    for (std::size_t i = 0; i <= kAgeRecipientsMax; ++i) stanzas += "-> x\n\n";
    return File(stanzas);
  }();
  EXPECT_CODE(Unpack(too_many), kResourceExhausted);

  const std::string endless = kVersionLine + "-> x\n" + std::string(1'000'000, 'A');
  std::uint64_t furthest = 0;
  const RangeReader source = [&](std::uint64_t offset, std::size_t length, char* buffer) {
    furthest = std::max(furthest, offset + length);
    return SourceOf(endless)(offset, length, buffer);
  };
  EXPECT_CODE(AgeReader::Open(source, std::uint64_t{1} << 60, std::span(&identity_, 1)), kResourceExhausted);
  EXPECT_EQ(furthest, kAgeHeaderBytesMax + 1);

  const std::string filler = File(stanza_ + "-> x\n" + std::string(64, 'A') + "\n\n");
  const std::size_t room = kAgeHeaderBytesMax - (filler.size() - kNonce.size() - 5 - 16);
  std::string lines;
  while (lines.size() + 65 <= room) lines += std::string(64, 'A') + "\n";
  EXPECT_OK(Unpack(File(stanza_ + "-> x\n" + std::string(64, 'A') + "\n" + lines + "\n")));
  lines += std::string(64, 'A') + "\n";
  EXPECT_CODE(Unpack(File(stanza_ + "-> x\n" + std::string(64, 'A') + "\n" + lines + "\n")), kResourceExhausted);
}

TEST_F(AgeForgery, AnEmptyLastChunkEndsAnEmptyPayloadAlone) {
  const std::string chunk(kAgeChunkBytes, 'x');
  const std::string head = Headed(stanza_);
  EXPECT_EQ(*Unpack(head + Seal("", 0, true)), "");
  EXPECT_EQ(*Unpack(head + Seal(chunk, 0, true)), chunk);
  EXPECT_CODE(Unpack(head + Seal(chunk, 0, false) + Seal("", 1, true)), kCorruption);
  EXPECT_CODE(Unpack(head + Seal("", 0, false)), kCorruption);
  EXPECT_CODE(Unpack(head + Seal(chunk, 0, true) + Seal("y", 1, true)), kCorruption);
  EXPECT_CODE(Unpack(head), kCorruption);
}

TEST(Bech32, BringsBackBytesOfAnyLength) {
  for (std::size_t length = 0; length <= 60; ++length) {
    const std::string bytes = RandomBytes(length, 30);
    const std::string text = EncodeBech32("test", AsBytes(bytes));
    std::string back(length, '\0');
    const std::span<std::uint8_t> to(reinterpret_cast<std::uint8_t*>(back.data()), back.size());
    EXPECT_OK(DecodeBech32(text, "test", to)) << text;
    EXPECT_EQ(back, bytes);
  }
}

// Valid and invalid texts from BIP 173.
TEST(Bech32, KnowsTheChecksumOfItsStandard) {
  EXPECT_EQ(EncodeBech32("a", {}), "a12uel5l");
  EXPECT_OK(DecodeBech32("A12UEL5L", "A", {}));
  EXPECT_OK(DecodeBech32("an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
                         "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio", {}));
  std::array<std::uint8_t, 20> bytes;
  EXPECT_OK(DecodeBech32("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef", bytes));
  EXPECT_EQ(bytes[19], 0xDF);
  EXPECT_CODE(DecodeBech32("a1lqfn3a", "a", {}), kInvalidArgument) << "Bech32m";
  EXPECT_CODE(DecodeBech32("A1G7SGD8", "A", {}), kInvalidArgument) << "checksum of the upper case";
  EXPECT_CODE(DecodeBech32("a1", "a", {}), kInvalidArgument);
  std::array<std::uint8_t, 33> padded;
  EXPECT_CODE(DecodeBech32("tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3pjxtptv", "tb", padded), kInvalidArgument)
      << "a bit beyond the last byte";
}

TEST(AgeKeys, TextsComeBack) {
  const AgeIdentity identity = NewIdentity();
  const std::string text = identity.Text();
  const std::string recipient = AgeRecipientText(identity.recipient());
  EXPECT_TRUE(text.starts_with("AGE-SECRET-KEY-1"));
  EXPECT_EQ(text.size(), 74U);
  EXPECT_TRUE(recipient.starts_with("age1"));
  EXPECT_EQ(recipient.size(), 62U);
  EXPECT_EQ(AgeIdentity::Parse(text)->Text(), text);
  EXPECT_EQ(AgeIdentity::Parse(text)->recipient(), identity.recipient());
  EXPECT_EQ(*ParseAgeRecipient(recipient), identity.recipient());
  EXPECT_NE(NewIdentity().Text(), text);
}

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}
std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

TEST(AgeKeys, AnyWrongCharacterIsRefusedAndNothingOfTheTextRepeated) {
  const std::string text = NewIdentity().Text();
  std::vector<std::string> wrong = {"",
                                    " " + text,
                                    text + " ",
                                    text + "\n",
                                    text + text,
                                    Lower(text),
                                    text + "Q",
                                    "age1",
                                    "AGE-SECRET-KEY-",
                                    "AGE-SECRET-KEY-1",
                                    std::string(1'000'000, 'Q'),
                                    "AGE-SECRET-KEY-1" + std::string(1'000'000, 'Q'),
                                    text.substr(0, 73)};
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char c : {'Q', 'P', 'q', '1', '\0', '\xFF'}) {
      if (text[at] == c) continue;
      wrong.push_back(text);
      wrong.back()[at] = c;
    }
  }
  for (const std::string& other : wrong) {
    const Status status = AgeIdentity::Parse(other).status();
    EXPECT_CODE(status, kInvalidArgument) << other.substr(0, 100);
    EXPECT_EQ(status.message().find(text.substr(20, 6)), std::string_view::npos);
  }
}

TEST(AgeKeys, ARecipientIsLowerCaseAndOfTheRightLength) {
  const std::string text = AgeRecipientText(NewIdentity().recipient());
  const std::string short_key(31, 'x');
  const std::string long_key(33, 'x');
  for (const std::string& other : {Upper(text), text + "q", text.substr(0, 61), std::string("age1"), std::string(),
                                   NewIdentity().Text(), EncodeBech32("age", AsBytes(short_key)),
                                   EncodeBech32("age", AsBytes(long_key)), EncodeBech32("agf", AsBytes(long_key.substr(1)))}) {
    EXPECT_CODE(ParseAgeRecipient(other), kInvalidArgument) << other;
  }
  EXPECT_OK(ParseAgeRecipient(EncodeBech32("age", AsBytes(long_key.substr(1)))));
}

TEST(AgeKeys, FilesOfKeysMayHaveCommentsAndNameTheWrongLine) {
  const std::string one = NewIdentity().Text();
  const std::string two = NewIdentity().Text();
  const auto parsed = ParseAgeIdentities("# created: now\n# public key: x\n" + one + "\n\n" + two);
  ASSERT_OK(parsed);
  ASSERT_EQ(parsed->size(), 2U);
  EXPECT_EQ((*parsed)[1].Text(), two);
  EXPECT_EQ(ParseAgeIdentities(one + "\r\n\r\n#\r\n")->size(), 1U);
  EXPECT_TRUE(ParseAgeIdentities("#\n" + one + "\nx\n").status().message().starts_with("line 3: "));
  for (const std::string& none : {std::string(), std::string("\n\n"), std::string("# only\n")}) {
    EXPECT_CODE(ParseAgeIdentities(none), kInvalidArgument);
    EXPECT_CODE(ParseAgeRecipients(none), kInvalidArgument);
  }
  const std::string recipient = AgeRecipientText(NewIdentity().recipient()) + "\n";
  std::string many;
  for (std::size_t i = 0; i < kAgeRecipientsMax; ++i) many += recipient;
  EXPECT_EQ(ParseAgeRecipients(many)->size(), kAgeRecipientsMax);
  EXPECT_TRUE(ParseAgeRecipients(many + recipient).status().message().starts_with("line 257: "));
}

}  // namespace
}  // namespace coffer::format
