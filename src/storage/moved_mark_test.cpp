#include "storage/moved_mark.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "storage/sqlite/store.hpp"

namespace aftermile::storage {
namespace {

TEST(MovedMark, a_folder_that_moved_is_not_opened_until_its_mark_is_gone) {
    const std::string folder = testing::TempDir() + "/moved_mark";
    std::filesystem::remove_all(folder);
    ASSERT_TRUE(sqlite::open_sqlite(folder));
    ASSERT_TRUE(mark_moved(folder, "db.example/aftermile"));
    const auto refused = sqlite::open_sqlite(folder);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "moved");
    EXPECT_NE(refused.error().detail.find("db.example/aftermile"), std::string::npos);
    EXPECT_NE(refused.error().detail.find(folder + "/moved"), std::string::npos);
    std::filesystem::remove(folder + "/moved");
    EXPECT_TRUE(sqlite::open_sqlite(folder));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace aftermile::storage
