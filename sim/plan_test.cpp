#include "sim/plan.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/csv.hpp"
#include "base/json.hpp"
#include "sim/journey.hpp"

namespace aftermile::sim {
namespace {

std::string joined(const std::vector<Post>& plan) {
    std::string out;
    for (const Post& post : plan) {
        out += base::to_text(post.at) + path_of(post.door) + post.body + "\n";
    }
    return out;
}

PlanOptions small(std::uint64_t seed) {
    PlanOptions options;
    options.seed = seed;
    options.shipments = 200;
    return options;
}

// The codes of catalog/carriers/<carrier>.csv as "type code reason".
std::map<std::string, std::string> table_of(std::string_view carrier) {
    const char* root = std::getenv("AFTERMILE_SOURCE_DIR");
    std::ifstream file(std::string(root == nullptr ? "." : root) + "/catalog/carriers/" +
                       std::string(carrier) + ".csv");
    std::map<std::string, std::string> rows;
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream cells(line);
        std::string type, code, reason, milestone, exception, each;
        std::getline(cells, type, ',');
        std::getline(cells, code, ',');
        std::getline(cells, reason, ',');
        std::getline(cells, milestone, ',');
        std::getline(cells, exception, ',');
        std::istringstream types(type.empty() ? "-" : type);
        while (std::getline(types, each, '|')) {
            rows[(each == "-" ? "" : each) + " " + code + " " + reason] =
                milestone + "/" + exception;
        }
    }
    return rows;
}

}  // namespace

TEST(Plan, same_seed_gives_the_same_bytes_and_another_seed_others) {
    EXPECT_EQ(joined(make_plan(small(1))), joined(make_plan(small(1))));
    EXPECT_NE(joined(make_plan(small(1))), joined(make_plan(small(2))));
}

TEST(Plan, what_is_left_after_an_instant_is_the_end_of_the_whole) {
    PlanOptions options = small(1);
    const std::string whole = joined(make_plan(options));
    options.after = options.now();
    const std::string rest = joined(make_plan(options));
    ASSERT_GT(rest.size(), 10'000U);
    EXPECT_TRUE(whole.ends_with(rest));
}

TEST(Plan, nothing_is_known_before_it_happens_and_every_body_is_json) {
    const auto plan = make_plan(small(3));
    std::size_t scans = 0;
    for (const Post& post : plan) {
        auto document = base::JsonDocument::parse(post.body);
        ASSERT_TRUE(document) << post.body;
        if (post.door != Door::tracking_events) {
            continue;
        }
        ++scans;
        const auto written = base::parse_time(*document->root()["occurred_at"].as_text());
        ASSERT_TRUE(written);
        if (const auto occurred = written->instant()) {
            EXPECT_LE(*occurred, post.at) << post.body;
        }
    }
    EXPECT_GT(scans, 200U * 6U);
}

TEST(Plan, every_code_is_a_row_of_its_carrier_and_the_unknown_one_is_none) {
    for (const CarrierWords& words : carriers()) {
        const auto rows = table_of(words.carrier);
        ASSERT_FALSE(rows.empty()) << words.carrier;
        const auto row = [&](const Code& code) {
            return std::string(code.type) + " " + std::string(code.code) + " " +
                   std::string(code.reason);
        };
        const std::pair<const Code*, std::string> wanted[] = {
            {&words.label, "info_received/"},
            {&words.accepted, "accepted/"},
            {&words.departed, "in_transit/"},
            {&words.arrived, "in_transit/"},
            {&words.at_destination, "at_destination/"},
            {&words.out_for_delivery, "out_for_delivery/"},
            {&words.delivered, "delivered/"},
            {&words.attempt_failed, "attempt_failed/attempt_failed"},
            {&words.address_problem, "/address_problem"},
            {&words.delayed, "in_transit/delayed_by_carrier"},
            {&words.weather, "in_transit/weather"},
            {&words.damaged, "/damaged"},
            {&words.lost, "/lost"},
            {&words.returning, "returning/refused_or_returning"},
        };
        for (const auto& [code, means] : wanted) {
            if (code->code.empty()) {
                continue;
            }
            const auto found = rows.find(row(*code));
            ASSERT_NE(found, rows.end()) << words.carrier << " " << row(*code);
            EXPECT_TRUE(found->second.ends_with(means))
                << words.carrier << " " << row(*code) << " is " << found->second;
        }
        EXPECT_FALSE(rows.contains(row(words.unknown))) << words.carrier;
    }
}

TEST(Plan, misfortunes_noise_and_every_carrier_have_their_share) {
    PlanOptions options;
    options.shipments = 2'000;
    const auto plan = make_plan(options);
    std::map<std::string, int> carriers_seen, reports;
    std::set<std::string> bodies, countries;
    int scans = 0, again = 0, without_offset = 0;
    for (const Post& post : plan) {
        auto document = base::JsonDocument::parse(post.body);
        ASSERT_TRUE(document);
        const base::Json root = document->root();
        if (post.door == Door::shipments) {
            ++carriers_seen[std::string(*root["carrier"].as_text())];
        } else if (post.door == Door::reports) {
            ++reports[std::string(*root["kind"].as_text())];
        } else if (post.door == Door::orders) {
            countries.insert(std::string(*root["ship_to"]["country"].as_text()));
        } else {
            ++scans;
            again += bodies.insert(post.body).second ? 0 : 1;
            without_offset += base::parse_time(*root["occurred_at"].as_text())->offset ? 0 : 1;
        }
    }
    EXPECT_EQ(carriers_seen.size(), 4U);
    for (const auto& [carrier, count] : carriers_seen) {
        EXPECT_GT(count, 100) << carrier;
    }
    for (const char* kind : {"damaged", "lost", "not_received", "wrong_item", "missing_item"}) {
        EXPECT_GT(reports[kind], 0) << kind;
    }
    EXPECT_EQ(countries, (std::set<std::string>{"BR", "DE", "GB", "US"}));
    EXPECT_NEAR(again * 1'000.0 / scans, 30.0, 8.0);
    EXPECT_NEAR(without_offset * 1'000.0 / scans, 30.0, 8.0);
}

TEST(Plan, the_guided_parcel_is_silent_then_lost_then_found) {
    std::vector<std::string> said;
    const PlanOptions options = small(1);
    for (const Post& post : make_plan(options)) {
        if (post.door == Door::tracking_events &&
            post.body.find(tracking_number("ups", 99'000'000)) != std::string::npos) {
            said.push_back((post.at > options.now() ? "later " : "before ") +
                           base::to_text(post.at));
        }
    }
    ASSERT_EQ(said.size(), 9U);
    EXPECT_EQ(said[3], "before 2026-04-07T08:00:00Z");
    EXPECT_EQ(said[4], "later 2026-04-13T18:00:00Z");
    EXPECT_EQ(said[8], "later 2026-04-16T20:10:00Z");
}

TEST(World, clocks_follow_summer_time) {
    const auto text = [](std::string_view city, const char* at) {
        return local_text(city_named(city), *base::parse_instant(at), true);
    };
    EXPECT_EQ(text("Denver", "2026-03-08T08:59:00Z"), "2026-03-08T01:59:00-07:00");
    EXPECT_EQ(text("Denver", "2026-03-09T08:59:00Z"), "2026-03-09T02:59:00-06:00");
    EXPECT_EQ(text("Phoenix", "2026-07-01T12:00:00Z"), "2026-07-01T05:00:00-07:00");
    EXPECT_EQ(text("Berlin", "2026-04-07T15:00:00Z"), "2026-04-07T17:00:00+02:00");
    EXPECT_EQ(text("London", "2026-03-28T15:00:00Z"), "2026-03-28T15:00:00+00:00");
}

TEST(World, tracking_numbers_bear_their_check_digits) {
    // 1Z999AA10123456784 is the number that UPS prints in its own examples.
    EXPECT_EQ(tracking_number("ups", 12'345'678), "1Z999AA10123456784");
    EXPECT_EQ(tracking_number("fedex", 1).size(), 12U);
    EXPECT_EQ(tracking_number("usps", 1).size(), 22U);
    EXPECT_EQ(tracking_number("dhl_express", 1).size(), 10U);
}

}  // namespace aftermile::sim
