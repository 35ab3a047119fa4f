#include "surface/api/sources.hpp"

#include <gtest/gtest.h>

#include "base/crypto.hpp"
#include "base/text.hpp"

namespace aftermile::surface {
namespace {

TEST(OpenSource, has_its_secret_with_the_key_and_address_that_it_was_sealed_with_only) {
    const std::string key(base::key_bytes, 'k');
    SourceRecord record;
    record.endpoint = "an-endpoint";
    record.sealed_secret = base::to_base64(base::seal(key, "whsec", record.endpoint));
    EXPECT_EQ(OpenSource(record, key).secrets, std::vector<std::string>{"whsec"});

    EXPECT_TRUE(OpenSource(record, std::string(base::key_bytes, 'x')).secrets.empty());
    record.endpoint = "another";
    EXPECT_TRUE(OpenSource(record, key).secrets.empty());
    record.sealed_secret = "no base64!";
    EXPECT_TRUE(OpenSource(record, key).secrets.empty());
}

}  // namespace
}  // namespace aftermile::surface
