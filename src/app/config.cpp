#include "app/config.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/check.hpp"
#include "base/instant.hpp"
#include "base/text.hpp"

namespace aftermile::app {

namespace {

using base::Result;

// Name and default of each.
constexpr auto known = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"data", "./data"},
    {"store", ""},          // empty: SQLite in the data folder; or postgres://...
    {"api_only", "false"},  // serve sends what it takes to workers
    {"listen", "127.0.0.1:8080"},
    {"public_url", ""},  // empty: http://LISTEN
    {"test_clock", ""},  // an instant: serve on a clock that stands still
    {"log.level", "info"},
    {"smtp.url", ""},
    {"smtp.user", ""},
    {"smtp.password", ""},
    {"smtp.require_tls", "false"},
    {"mail.from", "post@localhost"},
    {"dispatch", "true"},
    {"materialise", "row"},  // row or swept: when the rows of shipments are written
});

// smtp.url is AFTERMILE_SMTP_URL.
std::string environment_name(std::string_view name) {
    std::string upper = "AFTERMILE_" + base::upper_ascii(name);
    std::ranges::replace(upper, '.', '_');
    return upper;
}

Result<void> read_table(const toml::table& table, const std::string& prefix,
                        const std::string& file, Config& config) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        const std::string where = file + ":" + std::to_string(node.source().begin.line);
        if (const toml::table* inner = node.as_table()) {
            if (auto read = read_table(*inner, name + ".", file, config); !read) {
                return read;
            }
            continue;
        }
        if (!config.all().contains(name)) {
            return base::fail("bad_config", where + ": there is no setting " + name + ".", name);
        }
        if (const auto text = node.value_exact<std::string>()) {
            config.set(name, *text, where);
        } else if (const auto truth = node.value_exact<bool>()) {
            config.set(name, *truth ? "true" : "false", where);
        } else if (const auto number = node.value_exact<std::int64_t>()) {
            config.set(name, std::to_string(*number), where);
        } else {
            return base::fail("bad_config", where + ": " + name + " must be a text.", name);
        }
    }
    return {};
}

}  // namespace

bool Config::is_secret(std::string_view name) {
    return name == "store" ||  // its URL may hold a password
           name.ends_with("password") || name.ends_with("secret");
}

const std::string& Config::get(std::string_view name) const {
    const auto at = settings_.find(name);
    base::check(at != settings_.end(), "every setting has a default");
    return at->second.value;
}

void Config::set(std::string_view name, std::string value, std::string origin) {
    settings_.insert_or_assign(std::string(name), Setting{std::move(value), std::move(origin)});
}

Result<Config> Config::load(const std::string& file) {
    Config config;
    for (const auto& [name, value] : known) {
        config.set(name, std::string(value), "default");
    }
    const std::string path = file.empty() ? "aftermile.toml" : file;
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) {
        try {
            if (auto read = read_table(toml::parse_file(path), "", path, config); !read) {
                return std::unexpected(read.error());
            }
        } catch (const toml::parse_error& error) {
            return base::fail("bad_config", path + ":" + std::to_string(error.source().begin.line) +
                                                ": " + std::string(error.description()) + ".");
        }
    } else if (!file.empty()) {
        return base::fail("bad_config", "There is no file " + file + ".");
    }
    for (const auto& [name, value] : known) {
        const std::string variable = environment_name(name);
        // NOLINTNEXTLINE(concurrency-mt-unsafe): before any other thread starts
        if (const char* text = std::getenv(variable.c_str())) {
            config.set(name, text, variable);
        }
    }
    return config;
}

std::vector<std::string> Config::check() const {
    std::vector<std::string> problems;
    const std::string& listen = get("listen");
    if (listen.rfind(':') == std::string::npos) {
        problems.push_back("listen must be HOST:PORT.");
    }
    const std::string& store = get("store");
    if (!store.empty() && !store.starts_with("postgres://") &&
        !store.starts_with("postgresql://")) {
        problems.push_back("store must be empty (SQLite) or begin with postgres://.");
    }
    const std::string& smtp = get("smtp.url");
    if (!smtp.empty() && !smtp.starts_with("smtp://") && !smtp.starts_with("smtps://")) {
        problems.push_back("smtp.url must begin with smtp:// or smtps://.");
    }
    const std::string& url = get("public_url");
    if (!url.empty() && !url.starts_with("http://") && !url.starts_with("https://")) {
        problems.push_back("public_url must begin with http:// or https://.");
    }
    if (!get("test_clock").empty() && !base::parse_instant(get("test_clock"))) {
        problems.push_back("test_clock must be an instant like 2026-01-05T00:00:00Z.");
    }
    if (get("mail.from").find('@') == std::string::npos) {
        problems.push_back("mail.from must be an e-mail address.");
    }
    return problems;
}

}  // namespace aftermile::app
