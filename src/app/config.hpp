// The configuration: one TOML file, then AFTERMILE_* in the environment, then flags; the later
// wins. Every setting knows where its value came from.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace aftermile::app {

struct Setting {
    std::string value;
    std::string origin;  // default, FILE:line, AFTERMILE_SMTP_URL, --listen
};

class Config {
  public:
    // Every setting by name: data store listen public_url smtp.url ...
    [[nodiscard]] const std::string& get(std::string_view name) const;
    [[nodiscard]] const std::map<std::string, Setting, std::less<>>& all() const {
        return settings_;
    }
    // Whether its value must not be shown.
    [[nodiscard]] static bool is_secret(std::string_view name);

    // `file` may be empty: then ./aftermile.toml where there is one. Codes: bad_config naming
    // file, line and key; unknown keys are refused.
    [[nodiscard]] static base::Result<Config> load(const std::string& file);
    // A flag's value. The name must be one of `all`.
    void set(std::string_view name, std::string value, std::string origin);
    // What cannot be right, in sentences.
    [[nodiscard]] std::vector<std::string> check() const;

  private:
    std::map<std::string, Setting, std::less<>> settings_;
};

}  // namespace aftermile::app
