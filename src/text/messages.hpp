// The message catalogue: single sentences by key, for pages, timelines and the frame of mails.
// A file a locale, catalog/locales/<locale>.txt: `key = pattern` a line in ICU MessageFormat with
// named arguments, `#` starts a comment line, a line that begins with a blank continues the
// pattern. Example: tracking.headline.arriving = Arriving {expected}
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "text/fields.hpp"

namespace aftermile::text {

// A file of the catalogue as bytes: this room reads no disk.
struct SourceFile {
    std::string_view path;   // ends in "locales/<locale>.txt" or "templates/..."
    std::string_view bytes;  // UTF-8
};

class Messages {
  public:
    // Takes the files whose path has a folder `locales`; of two files for one locale (a merchant's
    // own after ours) the later one wins key by key. `bad_catalogue` names file and line.
    [[nodiscard]] static base::Result<Messages> load(std::span<const SourceFile> files);

    // The first pattern along locale_chain, and the locale that it was found in.
    struct Found {
        std::string_view pattern;
        std::string_view locale;
    };
    // `unknown_message` when no locale has the key.
    [[nodiscard]] base::Result<Found> find(std::string_view locale, std::string_view key) const;
    [[nodiscard]] bool has(std::string_view locale, std::string_view key) const;

    // One sentence, not escaped for HTML. Codes: unknown_message, missing_field, bad_message.
    [[nodiscard]] base::Result<std::string> translate(std::string_view locale, std::string_view key,
                                                      const Fields& fields = {}) const;

    [[nodiscard]] std::vector<std::string> locales() const;
    [[nodiscard]] std::vector<std::string> keys(std::string_view locale) const;

  private:
    using Patterns = std::map<std::string, std::string, std::less<>>;
    std::map<std::string, Patterns, std::less<>> by_locale_;
};

}  // namespace aftermile::text
