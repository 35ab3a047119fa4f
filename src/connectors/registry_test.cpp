#include "connectors/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace aftermile::connectors {
namespace {

TEST(Registry, every_connector_is_found_by_its_id) {
    ASSERT_FALSE(all().empty());
    for (const Entry& entry : all()) {
        ASSERT_NE(entry.connector, nullptr) << entry.id;
        EXPECT_EQ(entry.connector->id(), entry.id);
        EXPECT_EQ(find(entry.id), entry.connector);
    }
    EXPECT_EQ(find("nobody"), nullptr);
    EXPECT_EQ(find(""), nullptr);
}

TEST(Registry, it_is_sorted_by_id) { EXPECT_TRUE(std::ranges::is_sorted(all(), {}, &Entry::id)); }

}  // namespace
}  // namespace aftermile::connectors
