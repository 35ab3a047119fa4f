#include "engine/policy_load.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace aftermile::engine {
namespace {

TEST(Policy, default_document_names_every_notification_and_exception) {
    const auto policy = load_policy(default_policy_document(), 1);
    ASSERT_TRUE(policy) << policy.error().detail;
    for (std::size_t i = 0; i < base::enum_count<model::NotificationKind>(); ++i) {
        const auto kind = static_cast<model::NotificationKind>(i);
        EXPECT_EQ(std::ranges::count(policy->messages, kind, &model::MessageRow::kind), 1)
            << base::to_text(kind);
    }
    for (std::size_t i = 1; i < base::enum_count<model::Exception>(); ++i) {
        const auto kind = static_cast<model::Exception>(i);
        EXPECT_EQ(std::ranges::count(policy->severities, kind, &model::SeverityRow::exception), 1)
            << base::to_text(kind);
    }
    EXPECT_EQ(policy->quiet_from_minute, 21 * 60);
    EXPECT_EQ(policy->quiet_until_minute, 8 * 60);
    EXPECT_FALSE(policy->cover.empty());
    EXPECT_TRUE(policy->silence.back().carrier.empty() && !policy->silence.back().milestone)
        << "the last silence row must fit everything";
}

TEST(Policy, absent_settings_keep_the_default_and_present_lists_replace_it) {
    const auto policy = load_policy(
        "[delivery]\nlate_grace_hours = 4\n"
        "[[silence]]\nhours = 12\nwhy = \"test\"\n",
        7);
    ASSERT_TRUE(policy) << policy.error().detail;
    EXPECT_EQ(policy->version, 7U);
    EXPECT_EQ(policy->late_grace_hours, 4);
    EXPECT_EQ(policy->close_grace_hours, 72);
    EXPECT_EQ(policy->silence.size(), 1U);
    EXPECT_EQ(policy->messages.size(), base::enum_count<model::NotificationKind>());
}

TEST(Policy, bounds_of_a_silence_row_come_in_pairs_around_its_hours_and_in_transit) {
    const auto row = [](const std::string& more) {
        return load_policy("[[silence]]\nhours = 72\nwhy = \"test\"\n" + more, 2);
    };
    const auto good = row("milestone = \"in_transit\"\nhours_min = 48\nhours_max = 72\n");
    ASSERT_TRUE(good) << good.error().detail;
    EXPECT_EQ(good->silence[0].hours_min, 48);
    for (const char* bad : {"milestone = \"in_transit\"\nhours_min = 48\n",
                            "milestone = \"in_transit\"\nhours_min = 73\nhours_max = 80\n",
                            "milestone = \"in_transit\"\nhours_min = 48\nhours_max = 71\n",
                            "milestone = \"accepted\"\nhours_min = 48\nhours_max = 80\n"}) {
        const auto refused = row(bad);
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().code, "bad_policy");
    }
}

TEST(Policy, errors_name_line_and_key) {
    const auto no_reason = load_policy("\n[[silence]]\nhours = 12\n", 2);
    ASSERT_FALSE(no_reason);
    EXPECT_EQ(no_reason.error().code, "bad_policy");
    EXPECT_NE(no_reason.error().detail.find("silence[0].why is missing"), std::string::npos);

    const auto unknown = load_policy("[delivery]\n\nlate_grace = 4\n", 2);
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().detail.find("line 3: delivery.late_grace"), std::string::npos)
        << unknown.error().detail;

    const auto word = load_policy("[tickets]\nfrom = \"grave\"\n", 2);
    ASSERT_FALSE(word);
    EXPECT_NE(word.error().detail.find("one of info, low"), std::string::npos);

    EXPECT_FALSE(load_policy("[messages]\nquiet_from = \"25:00\"\n", 2));
    EXPECT_FALSE(load_policy("not toml at all", 2));
}

}  // namespace
}  // namespace aftermile::engine
