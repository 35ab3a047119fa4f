#include "engine/handoff.hpp"

#include <gtest/gtest.h>

#include <map>

#include "engine/repetition.hpp"

namespace aftermile::engine {
namespace {

// Keys that are made where they are missing and can be erased, in memory.
class Keys final : public ports::Keyring {
  public:
    base::Result<std::vector<std::string>> keys_for(model::MerchantNumber /*merchant*/,
                                                    std::span<const std::string> owners) override {
        std::vector<std::string> keys;
        for (const std::string& owner : owners) {
            keys.push_back(keys_.try_emplace(owner, std::string(32, owner[0])).first->second);
        }
        return keys;
    }
    base::Result<std::optional<std::string>> find(model::MerchantNumber /*merchant*/,
                                                  std::string_view owner) override {
        const auto at = keys_.find(std::string(owner));
        return at == keys_.end() ? std::nullopt : std::optional(at->second);
    }
    base::Result<void> erase(model::MerchantNumber /*merchant*/, std::string_view owner) override {
        keys_.erase(std::string(owner));
        return {};
    }

  private:
    std::map<std::string, std::string> keys_;
};

Submission submission() {
    Element element;
    element.payload = model::TimerFired{model::Subject::order, 7, {}};
    element.encoded = model::encode_payload(element.payload);
    element.sealed.push_back({"alpha", "customer/alpha", R"({"name":"Robin Sample"})"});
    element.sealed.push_back({"beta", "customer/beta", R"({"name":"Kim Sample"})"});
    element.parked = base::Error{"odd", "It is odd.", "/a", base::Family::parked};
    Submission submission;
    submission.merchant = 3;
    submission.elements = {element};
    return submission;
}

TEST(Handoff, elements_arrive_as_they_were_sent) {
    Keys keys;
    const auto body = encode_submission(submission(), keys);
    ASSERT_TRUE(body);
    const auto read = decode_submission(3, *body, keys);
    ASSERT_TRUE(read) << read.error().detail;
    ASSERT_EQ(read->elements.size(), 1U);
    const Element& element = read->elements.front();
    EXPECT_EQ(element.encoded, submission().elements[0].encoded);
    ASSERT_EQ(element.sealed.size(), 2U);
    EXPECT_EQ(element.sealed[0].about, "customer/alpha");
    EXPECT_EQ(element.sealed[0].plain, R"({"name":"Robin Sample"})");
    ASSERT_TRUE(element.parked);
    EXPECT_EQ(element.parked->code, "odd");
    EXPECT_EQ(element.parked->family, base::Family::parked);
}

TEST(Handoff, personal_data_waits_sealed_and_goes_with_its_owner) {
    Keys keys;
    const auto body = encode_submission(submission(), keys);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->find("Sample"), std::string::npos);
    ASSERT_TRUE(keys.erase(3, "alpha"));
    const auto read = decode_submission(3, *body, keys);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->elements.front().sealed.size(), 1U);
    EXPECT_EQ(read->elements.front().sealed[0].owner, "beta");
}

TEST(Handoff, what_answers_a_repetition_travels_with_the_elements) {
    Keys keys;
    Submission sent = submission();
    sent.repeatable = Repeatable{"3/key", "hash", "req_1", std::vector<Receipt>(2), {1}};
    sent.repeatable->receipts[0].kind = ReceiptKind::rejected;
    sent.repeatable->receipts[0].error =
        base::Error{"odd", "It is odd.", {}, base::Family::rejected};
    const auto read = decode_submission(3, *encode_submission(sent, keys), keys);
    ASSERT_TRUE(read && read->repeatable);

    std::vector<Receipt> receipts(1);
    receipts[0].kind = ReceiptKind::accepted;
    receipts[0].id = "ord_1";
    const auto row = row_of(*read, receipts);
    ASSERT_TRUE(row);
    EXPECT_EQ(row->name, "3/key");
    const auto kept = kept_answer(*row);
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->body_hash, "hash");
    EXPECT_EQ((*kept)->request_id, "req_1");
    ASSERT_EQ((*kept)->receipts.size(), 2U);
    EXPECT_EQ((*kept)->receipts[0].error->code, "odd");
    EXPECT_EQ((*kept)->receipts[1].id, "ord_1");

    receipts[0].kind = ReceiptKind::retry;
    EXPECT_FALSE(row_of(*read, receipts)) << "what was not done is done when it is sent again";
}

TEST(Handoff, a_receipt_without_a_place_is_refused) {
    Keys keys;
    Submission sent = submission();
    sent.repeatable = Repeatable{"3/key", "hash", "req_1", std::vector<Receipt>(1), {1}};
    EXPECT_FALSE(decode_submission(3, *encode_submission(sent, keys), keys));
}

TEST(Handoff, receipts_arrive_as_they_were_given) {
    std::vector<Receipt> receipts(2);
    receipts[0].kind = ReceiptKind::accepted;
    receipts[0].id = "ord_1";
    receipts[0].event.value = -5;
    receipts[1].error = base::Error{"busy", "Later.", "", base::Family::retry};
    const auto read = decode_receipts(encode_receipts(receipts));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ((*read)[0].kind, ReceiptKind::accepted);
    EXPECT_EQ((*read)[0].id, "ord_1");
    EXPECT_EQ((*read)[0].event.value, -5);
    ASSERT_TRUE((*read)[1].error);
    EXPECT_EQ((*read)[1].error->family, base::Family::retry);
}

TEST(Handoff, bytes_that_are_no_submission_are_refused) {
    Keys keys;
    EXPECT_FALSE(decode_submission(3, "\x01\xff\xff\xff", keys));
    EXPECT_FALSE(decode_receipts("\x01\x01\x05\x63"));
}

}  // namespace
}  // namespace aftermile::engine
