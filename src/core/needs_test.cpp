// What deciding a scan will probably read: enough that it need not be decided twice, and little,
// since each record that is not in memory is a page of the disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/decide.hpp"

namespace aftermile::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using enum model::Milestone;

constexpr model::ShipmentId parcel{11};
constexpr model::OrderId order{21};
constexpr model::CustomerId customer{31};
constexpr model::CoverageId cover{41};
constexpr model::IncidentId incident{51};

class ProbablyRead : public ::testing::Test {
  protected:
    ProbablyRead() {
        policy_.messages = {{.kind = model::NotificationKind::label_created,
                             .channel = model::Channel::email,
                             .sender = model::Sender::off,
                             .why = {}},
                            {.kind = model::NotificationKind::shipped,
                             .channel = model::Channel::email,
                             .sender = model::Sender::aftermile,
                             .why = {}}};
        shipment_.id = parcel;
        shipment_.label.edit().order = order;
        shipment_.label.edit().cover = cover;
    }
    void know() {
        facts_.names.put(tracking_key(number), std::span(&parcel.value, 1));
        facts_.shipments.put(parcel, shipment_);
    }
    void know_order() {
        model::Order known;
        known.id = order;
        known.customer = customer;
        facts_.orders.put(order, known);
    }
    static model::Payload scan(std::optional<model::Milestone> milestone,
                               model::Exception exception = model::Exception::none) {
        model::Scan scan;
        scan.tracking_number = number;
        scan.milestone = milestone;
        scan.exception = exception;
        return scan;
    }
    [[nodiscard]] Keys read(const model::Payload& payload) const {
        return probably_read(payload, facts_, policy_);
    }
    [[nodiscard]] AtHand judged(const model::Payload& payload) const {
        return at_hand(payload, facts_, policy_);
    }

    static constexpr auto number = "1Z999AA10123456784";
    model::Policy policy_;
    model::Shipment shipment_;
    Facts facts_;
};

TEST_F(ProbablyRead, a_number_that_is_not_known_is_asked_for_first) {
    const Keys keys = read(scan(in_transit));
    ASSERT_EQ(keys.names.size(), 1U);
    EXPECT_EQ(keys.names.front().text, number);
    EXPECT_EQ(judged(scan(in_transit)), AtHand::too_little);
}

TEST_F(ProbablyRead, then_the_parcel_that_bears_it) {
    facts_.names.put(tracking_key(number), std::span(&parcel.value, 1));
    EXPECT_THAT(read(scan(in_transit)).shipments, ElementsAre(parcel));
    EXPECT_EQ(judged(scan(in_transit)), AtHand::too_little);
}

TEST_F(ProbablyRead, a_number_that_nobody_bears_reads_no_more) {
    facts_.names.put(tracking_key(number), {});
    EXPECT_TRUE(read(scan(in_transit)).empty());
}

TEST_F(ProbablyRead, a_milestone_that_the_parcel_has_already_reads_nothing_around_it) {
    shipment_.track.milestone = in_transit;
    know();
    EXPECT_TRUE(read(scan(in_transit)).empty());
    EXPECT_EQ(judged(scan(in_transit)), AtHand::enough);
    EXPECT_TRUE(read(scan(std::nullopt)).empty());
}

TEST_F(ProbablyRead, a_milestone_that_is_told_reads_who_is_told_and_not_the_cover) {
    know();
    EXPECT_EQ(judged(scan(accepted)), AtHand::less_than_is_read);
    const Keys first = read(scan(accepted));
    EXPECT_THAT(first.orders, ElementsAre(order));
    EXPECT_THAT(first.coverages, IsEmpty());
    know_order();
    EXPECT_THAT(read(scan(accepted)).customers, ElementsAre(customer));
    facts_.customers.absent(customer);
    EXPECT_TRUE(read(scan(accepted)).empty());
}

TEST_F(ProbablyRead, what_was_told_before_or_is_not_ours_to_tell_reads_nothing_around_the_parcel) {
    shipment_.told.push_back({model::NotificationKind::shipped, {}, {}, {}});
    know();
    EXPECT_EQ(judged(scan(accepted)), AtHand::enough);
    EXPECT_EQ(judged(scan(info_received)), AtHand::enough);  // its row is off
    EXPECT_EQ(judged(scan(delivered)), AtHand::enough);      // it has no row
    EXPECT_TRUE(read(scan(info_received)).empty());
}

TEST_F(ProbablyRead, an_exception_reads_all_that_needs_asks_for) {
    know();
    const model::Payload damaged = scan(in_transit, model::Exception::damaged);
    EXPECT_EQ(judged(damaged), AtHand::less_than_is_read);
    EXPECT_THAT(read(damaged).coverages, ElementsAre(cover));
    EXPECT_EQ(read(damaged).orders, needs(damaged, facts_).orders);
}

TEST_F(ProbablyRead, an_open_incident_is_read_before_it_is_judged_whether_it_moves) {
    shipment_.incident = incident;
    shipment_.incident_open = true;
    shipment_.track.milestone = in_transit;
    know();
    const Keys first = read(scan(in_transit));
    EXPECT_THAT(first.incidents, ElementsAre(incident));
    EXPECT_THAT(first.orders, IsEmpty());
    model::Incident known;
    known.id = incident;
    known.answers.resize(model::answer_count);
    facts_.incidents.put(incident, known);
    EXPECT_TRUE(read(scan(in_transit)).empty());
    EXPECT_THAT(read(scan(delivered)).orders, ElementsAre(order));
}

TEST_F(ProbablyRead, whatever_is_no_scan_reads_what_it_needs) {
    model::OrderFacts facts;
    facts.reference = "A-1";
    facts.customer_reference = "C-1";
    const Keys keys = read(model::Payload{facts});
    EXPECT_EQ(keys.names, needs(model::Payload{facts}, facts_).names);
    EXPECT_EQ(keys.names.size(), 2U);
}

}  // namespace
}  // namespace aftermile::core
