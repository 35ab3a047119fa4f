#include "surface/pages/html.hpp"

#include <gtest/gtest.h>

namespace aftermile::surface {
namespace {

TEST(Html, what_senders_wrote_never_becomes_markup) {
    EXPECT_EQ(Html().raw("<p title=\"").text("\"><script>'&").raw("\">").take(),
              "<p title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\">");
    EXPECT_EQ(Html().element("p", "", "").take(), "");
}

TEST(Html, a_brands_colour_is_moved_until_it_can_be_read) {
    EXPECT_EQ(readable_colour("#1f5fbf", false), "#1f5fbf");  // reads well already
    EXPECT_NE(readable_colour("#ffe000", false), "#ffe000");  // yellow on near white does not
    EXPECT_EQ(readable_colour("#ffe000", true), "#ffe000");   // on near black it does
    EXPECT_EQ(readable_colour("red", false), "");
    EXPECT_EQ(readable_colour("#12345g", false), "");
}

}  // namespace
}  // namespace aftermile::surface
