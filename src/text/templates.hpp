// Templates of notifications: the same paragraphs make the text part, the HTML part and, without
// its frame, a page. They are data, so a merchant may replace one without a build.
//
//   catalog/templates/<locale>/<notification>.txt          the template
//   catalog/templates/<locale>/<notification>.<word>.txt   its variant for one word of a Choice
//   catalog/templates/layout.html                          the one HTML frame
//
//   version: 1
//   subject: Order {{order}} is on its way
//   variant: kind                      (only in a template that has variants)
//   ---
//   # Your parcel is on its way        a headline: the answer, true on its own
//   A paragraph, {{merged}} from fields. {{#field}}Shown when it is there.{{/field}}
//   {{#items}}
//   * {{.}}                            a list
//   {{/items}}
//   [Follow your parcel]({{tracking_url}})    a link of its own, on its own line
//
// Mustache without partials and without unescaped tags. A field outside of a section that asks
// for it is required.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "text/fields.hpp"
#include "text/messages.hpp"

namespace aftermile::text {

struct Rendered {
    std::string subject;  // one line
    std::string text;
    std::string html;  // 90,000 bytes at most: mail readers cut longer ones
};

inline constexpr std::size_t html_bytes_max = 90'000;

struct Template {
    int version = 0;
    std::string subject;
    std::string variant;  // name of the Choice that picks a variant; empty: none
    std::string body;
    std::string path;
};

class TemplateSet {
  public:
    // Takes templates, layout and message catalogue from one list of files; later files replace
    // earlier ones of the same name. `bad_template` and `bad_catalogue` name the file at fault;
    // every template is parsed here, so that none fails for its form when a message is due.
    [[nodiscard]] static base::Result<TemplateSet> load(std::span<const SourceFile> files);

    // Along locale_chain: the variant, else the template itself. `unknown_template`.
    struct Found {
        const Template* tmpl;
        std::string_view locale;
    };
    [[nodiscard]] base::Result<Found> find(std::string_view notification, std::string_view locale,
                                           const Fields& fields) const;

    [[nodiscard]] const Messages& messages() const { return messages_; }
    [[nodiscard]] const std::string& layout() const { return layout_; }
    [[nodiscard]] std::vector<std::string> names(std::string_view locale) const;
    [[nodiscard]] const Template* exact(std::string_view locale, std::string_view name) const;

  private:
    using Templates = std::map<std::string, Template, std::less<>>;
    std::map<std::string, Templates, std::less<>> by_locale_;
    Messages messages_;
    std::string layout_;
};

// The version of the template that `render` would take: what a decision records.
[[nodiscard]] base::Result<int> template_version(const TemplateSet& set,
                                                 std::string_view notification,
                                                 std::string_view locale, const Fields& fields);

// One message. Beside a template's own fields the frame reads `merchant` (required), `shopper`
// (given name), `order`, `support_email`, `preferences_url`, `brand_colour` ("#1a2b3c"),
// `brand_logo_url` (the merchant's own server, or cid:) and `postal_address`.
// Errors, all `rejected`: `missing_field` with the field as pointer, `bad_link` for a link that is
// not http or https, `field_too_long`, `message_too_long`, `unknown_template`, `bad_template`.
[[nodiscard]] base::Result<Rendered> render(const TemplateSet& set, std::string_view notification,
                                            std::string_view locale, const Fields& fields);

// The fields that a template names, split by whether a rendering without them is an error. Derived
// names (x_when, x_by) count as themselves. For tests and the template editor.
struct Needs {
    std::set<std::string> required;
    std::set<std::string> optional;
    friend bool operator==(const Needs&, const Needs&) = default;
};
[[nodiscard]] Needs needs_of(const Template& tmpl);

}  // namespace aftermile::text
