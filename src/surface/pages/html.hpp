// HTML of the shopper's pages, written by hand: every text goes through `text`, so nothing that a
// sender wrote becomes markup.
#pragma once

#include <string>
#include <string_view>

namespace aftermile::surface {

class Html {
  public:
    // Markup that this program wrote itself.
    Html& raw(std::string_view markup) {
        out_ += markup;
        return *this;
    }
    // Anything else, in an element or in a quoted attribute.
    Html& text(std::string_view value);
    // <tag class="...">text</tag>; nothing when the text is empty.
    Html& element(std::string_view tag, std::string_view classes, std::string_view value);
    [[nodiscard]] std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

// The accent of a merchant's pages: "#1a2b3c", moved towards black or white until text in it reads
// at 4.5:1 on the page's background (WCAG 2.2, 1.4.3). Empty when `colour` is none.
[[nodiscard]] std::string readable_colour(std::string_view colour, bool on_dark);

}  // namespace aftermile::surface
