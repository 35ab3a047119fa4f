#include "engine/policy_load.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/embedded.hpp"
#include "base/enum_names.hpp"
#include "engine/limits.hpp"

namespace aftermile::engine {

namespace {

using base::Error;
using model::Policy;

// Reads one table key by key, remembers the first thing wrong, and refuses keys nobody asked for.
class Reader {
  public:
    Reader(const toml::table& table, std::string path, std::optional<Error>& problem)
        : table_(table), path_(std::move(path)), problem_(problem) {}

    void text(std::string_view key, std::string& out) {
        if (const toml::node* node = take(key)) {
            if (const auto value = node->value_exact<std::string>()) {
                out = *value;
            } else {
                complain(*node, key, "must be a text");
            }
        }
    }
    void required_text(std::string_view key, std::string& out) {
        text(key, out);
        if (out.empty()) {
            complain(table_, key, "is missing");
        }
    }
    void truth(std::string_view key, bool& out) {
        if (const toml::node* node = take(key)) {
            if (const auto value = node->value_exact<bool>()) {
                out = *value;
            } else {
                complain(*node, key, "must be true or false");
            }
        }
    }
    void integer(std::string_view key, std::int64_t& out, std::int64_t least, std::int64_t most) {
        if (const toml::node* node = take(key)) {
            const auto value = node->value_exact<std::int64_t>();
            if (!value || *value < least || *value > most) {
                complain(*node, key,
                         "must be a whole number between " + std::to_string(least) + " and " +
                             std::to_string(most));
            } else {
                out = *value;
            }
        }
    }
    void integer(std::string_view key, std::optional<std::int64_t>& out, std::int64_t least,
                 std::int64_t most) {
        if (table_.contains(key)) {
            integer(key, out.emplace(0), least, most);
        }
    }
    template <class E>
    bool word(std::string_view key, E& out) {
        const toml::node* node = take(key);
        if (node == nullptr) {
            return false;
        }
        const auto name = node->value_exact<std::string>();
        const auto value = name ? base::from_text<E>(*name) : std::nullopt;
        if (!value) {
            std::string known;
            for (const std::string_view each : base::enum_names<E>) {
                known += (known.empty() ? "" : ", ") + std::string(each);
            }
            complain(*node, key, "must be one of " + known);
            return false;
        }
        out = *value;
        return true;
    }
    template <class E>
    void required_word(std::string_view key, E& out) {
        if (!table_.contains(key)) {
            complain(table_, key, "is missing");
        }
        word(key, out);
    }
    // "21:00" as minutes since midnight.
    void minute(std::string_view key, std::int64_t& out) {
        const toml::node* node = take(key);
        if (node == nullptr) {
            return;
        }
        const std::string value = node->value_exact<std::string>().value_or("");
        const auto digit = [&](std::size_t at) { return value[at] >= '0' && value[at] <= '9'; };
        if (value.size() == 5 && value[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
            const std::int64_t hour = (value[0] - '0') * 10 + (value[1] - '0');
            const std::int64_t past = (value[3] - '0') * 10 + (value[4] - '0');
            if (hour < 24 && past < 60) {
                out = hour * 60 + past;
                return;
            }
        }
        complain(*node, key, "must be a time of day like \"21:00\"");
    }
    void texts(std::string_view key, std::vector<std::string>& out) {
        const toml::node* node = take(key);
        if (node == nullptr) {
            return;
        }
        const toml::array* list = node->as_array();
        if (list == nullptr) {
            complain(*node, key, "must be a list of texts");
            return;
        }
        for (const toml::node& each : *list) {
            if (const auto value = each.value_exact<std::string>(); value && !value->empty()) {
                out.push_back(*value);
            } else {
                complain(each, key, "must be a list of texts");
            }
        }
    }
    void section(std::string_view key, const auto& read) {
        if (const toml::node* node = take(key)) {
            if (const toml::table* inner = node->as_table()) {
                Reader reader(*inner, path_ + std::string(key) + ".", problem_);
                read(reader);
                reader.finish();
            } else {
                complain(*node, key, "must be a table");
            }
        }
    }
    template <class Row>
    void rows(std::string_view key, std::vector<Row>& out, const auto& read) {
        const toml::node* node = take(key);
        if (node == nullptr) {
            return;
        }
        const toml::array* list = node->as_array();
        if (list == nullptr || list->size() > limits::policy_rows) {
            complain(*node, key,
                     "must be a list of at most " + std::to_string(limits::policy_rows) + " rows");
            return;
        }
        out.clear();
        for (const toml::node& each : *list) {
            const toml::table* table = each.as_table();
            if (table == nullptr) {
                complain(each, key, "must be a list of tables");
                return;
            }
            Reader reader(*table,
                          path_ + std::string(key) + "[" + std::to_string(out.size()) + "].",
                          problem_);
            Row& row = out.emplace_back();
            read(reader, row);
            reader.required_text("why", row.why);
            reader.finish();
        }
    }
    void finish() {
        for (const auto& [key, node] : table_) {
            if (!seen_.contains(std::string(key.str()))) {
                complain(node, key.str(), "is not a setting of this table");
            }
        }
    }
    void complain_here(std::string_view key, const std::string& what) {
        complain(table_, key, what);
    }
    void complain(const toml::node& node, std::string_view key, const std::string& what) {
        if (!problem_) {
            problem_ = Error{"bad_policy",
                             "line " + std::to_string(node.source().begin.line) + ": " + path_ +
                                 std::string(key) + " " + what + ".",
                             path_ + std::string(key), base::Family::rejected};
        }
    }

  private:
    const toml::node* take(std::string_view key) {
        seen_.insert(std::string(key));
        return table_.get(key);
    }
    const toml::table& table_;
    std::string path_;
    std::optional<Error>& problem_;
    std::set<std::string> seen_;
};

constexpr std::int64_t year_hours = 24 * 366;

void read_settings(Reader& reader, Policy& policy) {
    reader.section("delivery", [&](Reader& r) {
        r.integer("late_grace_hours", policy.late_grace_hours, 0, 240);
        r.integer("close_grace_hours", policy.close_grace_hours, 0, year_hours);
        r.integer("next_contact_hours", policy.next_contact_hours, 1, year_hours);
        r.integer("profile_publish_minutes", policy.profile_publish_minutes, 1, 60 * 24 * 31);
        r.integer("silence_lane_percent", policy.silence_lane_percent, 50, 100);
        r.integer("silence_lane_n_min", policy.silence_lane_n_min, 1, 1'000'000);
        r.integer("number_reuse_days", policy.number_reuse_days, 30, 3'660);
    });
    reader.section("messages", [&](Reader& r) {
        r.integer("delay_gap_hours", policy.delay_message_gap_hours, 0, year_hours);
        r.truth("quiet_hours", policy.quiet_hours);
        r.minute("quiet_from", policy.quiet_from_minute);
        r.minute("quiet_until", policy.quiet_until_minute);
    });
    reader.section("tickets", [&](Reader& r) { r.word("from", policy.ticket_from); });
    reader.section("claims", [&](Reader& r) {
        r.truth("file_with_carrier", policy.file_carrier_claims);
        r.integer("amount_cap", policy.claim_amount_cap, 0, limits::amount);
    });
}

void read_cover(Reader& r, model::CoverRow& row) {
    r.required_text("id", row.id);
    r.integer("value_min", row.value_min, 0, limits::amount);
    r.integer("value_max", row.value_max, 0, limits::amount);
    r.text("currency", row.currency);
    r.texts("countries", row.countries);
    r.texts("categories", row.categories);
    r.texts("carriers", row.carriers);
    r.integer("lane_exception_ppm_min", row.lane_exception_ppm_min, 0, 1'000'000);
    r.integer("lane_n_min", row.lane_n_min, 1, 1'000'000);
    r.required_word("funding", row.funding);
    r.required_word("remedy", row.remedy);
    r.integer("limit", row.limit, 0, limits::amount);
}

void read_silence(Reader& r, model::SilenceRow& row) {
    r.text("carrier", row.carrier);
    if (model::Milestone milestone{}; r.word("milestone", milestone)) {
        row.milestone = milestone;
    }
    r.integer("hours", row.hours, 1, year_hours);
    r.integer("hours_min", row.hours_min, 1, row.hours);
    r.integer("hours_max", row.hours_max, row.hours, year_hours);
    if (row.hours_min.has_value() != row.hours_max.has_value()) {
        r.complain_here(row.hours_min ? "hours_min" : "hours_max", "has no counterpart");
    } else if (row.hours_min && row.milestone != model::Milestone::in_transit) {
        // The profile knows how long parcels are silent there, and nowhere else.
        r.complain_here("hours_min", "is for the milestone in_transit only");
    }
}

void read_rows(Reader& reader, Policy& policy) {
    reader.rows("silence", policy.silence, read_silence);
    reader.rows("message", policy.messages, [](Reader& r, model::MessageRow& row) {
        r.required_word("kind", row.kind);
        r.word("channel", row.channel);
        r.required_word("sender", row.sender);
    });
    reader.rows("severity", policy.severities, [](Reader& r, model::SeverityRow& row) {
        r.required_word("exception", row.exception);
        r.required_word("severity", row.severity);
        r.text("assignee", row.assignee);
    });
    reader.rows("cover", policy.cover, read_cover);
    reader.rows("risk", policy.risk, [](Reader& r, model::RiskRow& row) {
        r.required_text("id", row.id);
        r.required_word("exception", row.exception);
        r.texts("categories", row.categories);
        r.required_word("level", row.level);
        r.text("incentive", row.incentive);
        r.integer("incentive_amount", row.incentive_amount, 0, limits::amount);
    });
}

base::Result<Policy> read_document(std::string_view document, Policy policy) {
    toml::table table;
    try {
        table = toml::parse(document);
    } catch (const toml::parse_error& error) {
        return base::fail("bad_policy", "line " + std::to_string(error.source().begin.line) + ": " +
                                            std::string(error.description()) + ".");
    }
    std::optional<Error> problem;
    Reader reader(table, "", problem);
    read_settings(reader, policy);
    read_rows(reader, policy);
    reader.finish();
    if (problem) {
        return std::unexpected(std::move(*problem));
    }
    return policy;
}

}  // namespace

std::string_view default_policy_document() {
    const auto* file = base::find_embedded("policies/default.toml");
    return file == nullptr ? std::string_view{} : file->bytes;
}

base::Result<Policy> load_policy(std::string_view document, std::uint32_t version) {
    if (document.size() > limits::policy_bytes) {
        return base::fail("bad_policy", "The document is longer than " +
                                            std::to_string(limits::policy_bytes) + " bytes.");
    }
    auto defaults = read_document(default_policy_document(), Policy{});
    if (!defaults) {
        return defaults;
    }
    auto policy = document == default_policy_document()
                      ? std::move(defaults)
                      : read_document(document, std::move(*defaults));
    if (policy) {
        policy->version = version;
        policy->document = document;
    }
    return policy;
}

}  // namespace aftermile::engine
