#include "surface/api/auth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace aftermile::surface {
namespace {

using Refusal = Auth::Refusal;

constexpr std::size_t cached_max = 10'000;
constexpr std::size_t token_bytes = 32;

// Kind `session`, named by the SHA-256 of its token.
struct SessionRecord {
    std::string user, role;
    std::uint32_t merchant = 0;
    static constexpr auto fields() {
        return base::fields(base::field("user", &SessionRecord::user),
                            base::field("role", &SessionRecord::role),
                            base::field("merchant", &SessionRecord::merchant));
    }
};

base::Instant wall_now() {
    return std::chrono::time_point_cast<base::Span>(std::chrono::system_clock::now());
}

unsigned scopes_of(const std::vector<std::string>& names) {
    unsigned out = 0;
    for (const std::string& name : names) {
        out |= name == "all"                                                  ? scope::all
               : name == "read"                                               ? scope::read
               : name == "ingest"                                             ? scope::ingest
               : name == "operate" || name == "act"                           ? scope::operate
               : name == "configure" || name == "settings" || name == "admin" ? scope::configure
               : name == "personal"                                           ? scope::personal
                                                                              : 0U;
    }
    return out;
}

unsigned scopes_of_role(std::string_view role) {
    if (role == "viewer") {
        return scope::read | scope::personal;
    }
    return role == "agent" ? scope::all & ~scope::configure : scope::all;
}

std::string_view scope_name(unsigned bit) {
    return bit == scope::read      ? "read"
           : bit == scope::ingest  ? "ingest"
           : bit == scope::operate ? "operate"
                                   : "configure";
}

std::optional<std::string_view> bearer(const Request& request) {
    const auto header = request.header("authorization");
    constexpr std::string_view scheme = "bearer ";
    if (!header || header->size() <= scheme.size() ||
        !equals_ignoring_case(header->substr(0, scheme.size()), scheme)) {
        return std::nullopt;
    }
    return base::trim(header->substr(scheme.size()));
}

std::optional<std::string_view> cookie(const Request& request, std::string_view name) {
    for (const auto& header : request.headers) {
        if (!equals_ignoring_case(header.name, "cookie")) {
            continue;
        }
        for (const std::string_view part : base::split(header.value, ';')) {
            const auto pair = base::trim(part);
            const auto equals = pair.find('=');
            if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
                return pair.substr(equals + 1);
            }
        }
    }
    return std::nullopt;
}

std::string hash_name(std::string_view secret) { return base::to_hex(base::sha256(secret)); }

bool changes_something(Method method) {
    return method != Method::get && method != Method::head && method != Method::options;
}

}  // namespace

std::optional<Refusal> Auth::identify(const Request& request, unsigned needed, bool counts,
                                      Caller& caller) {
    const std::lock_guard lock(mutex_);
    forget_if_changed();
    Entry entry;
    if (const auto key = bearer(request)) {
        if (engine::is_well_formed_key(*key)) {
            entry = find_key(engine::key_row_name(*key));
        }
    } else if (const auto token = cookie(request, cookie_name())) {
        entry = find_session(hash_name(*token));
    }
    if (!entry.known || (entry.expires_at && *entry.expires_at <= wall_now())) {
        return Refusal{401, "no_credentials",
                       "Send Authorization: Bearer am_live_... with a key that is in force.", 0};
    }
    caller = entry.caller;
    if (caller.session && changes_something(request.method) && !is_same_site(request)) {
        return Refusal{403, "cross_site",
                       "A session may change things from the console's own pages only.", 0};
    }
    if ((caller.scopes & needed) != needed) {
        return Refusal{403, "scope_missing",
                       fmt::format("It needs the scope {}.", scope_name(needed)), 0};
    }
    if (auto refused = bind_merchant(request, caller)) {
        return refused;
    }
    return take_token(caller, counts);
}

void Auth::forget_if_changed() {
    const auto now = std::chrono::steady_clock::now();
    if (version_ >= 0 && now - read_at_ < options_.reread) {
        return;
    }
    read_at_ = now;
    const auto version = admin_.version();
    if (version && *version == version_) {
        return;
    }
    entries_.clear();
    merchants_.clear();
    version_ = version.value_or(-1);
    if (auto merchants = engine::list_merchants(admin_)) {
        merchants_ = std::move(*merchants);
    }
}

Auth::Entry Auth::find_key(const std::string& name) {
    const std::string at = "key/" + name;
    if (const auto found = entries_.find(at); found != entries_.end()) {
        return found->second;
    }
    Entry entry;
    auto row = admin_.get("key", name);
    engine::KeyRecord record;
    base::Problems problems;
    if (row && *row) {
        const auto document = base::JsonDocument::parse((*row)->body);
        if (document && base::read_json(document->root(), record, problems)) {
            entry.known = !record.revoked_at;
            entry.expires_at = (*row)->expires_at;
            entry.caller = {.session = false,
                            .id = record.id,
                            .name = record.label.empty() ? record.prefix : record.label,
                            .scopes = scopes_of(record.scopes),
                            .every_merchant = false,
                            .merchant = record.merchant,
                            .rate_limit = {}};
        }
    }
    if (entries_.size() >= cached_max) {
        entries_.clear();
    }
    if (row) {
        entries_.emplace(at, entry);
    }
    return entry;
}

Auth::Entry Auth::find_session(const std::string& name) {
    const std::string at = "session/" + name;
    if (const auto found = entries_.find(at); found != entries_.end()) {
        return found->second;
    }
    Entry entry;
    auto row = admin_.get("session", name);
    SessionRecord record;
    base::Problems problems;
    if (row && *row) {
        const auto document = base::JsonDocument::parse((*row)->body);
        if (document && base::read_json(document->root(), record, problems)) {
            entry.known = true;
            entry.expires_at = (*row)->expires_at;
            entry.caller = {.session = true,
                            .id = record.user,
                            .name = record.user,
                            .scopes = scopes_of_role(record.role),
                            .every_merchant = record.merchant == 0,
                            .merchant = record.merchant,
                            .rate_limit = {}};
        }
    }
    if (entries_.size() >= cached_max) {
        entries_.clear();
    }
    if (row) {
        entries_.emplace(at, entry);
    }
    return entry;
}

std::optional<Refusal> Auth::bind_merchant(const Request& request, Caller& caller) {
    auto wanted = request.header("aftermile-merchant");
    if (!wanted && caller.session && request.path == "/v1/stream") {
        wanted = request.query_value("merchant");  // an EventSource cannot set headers
    }
    if (!wanted || wanted->empty()) {
        if (caller.merchant == 0 && !merchants_.empty()) {
            caller.merchant = merchants_.front().number;
        }
        return std::nullopt;
    }
    const auto number = engine::parse_merchant_id(*wanted);
    const bool known = number && std::ranges::any_of(merchants_, [&](const auto& merchant) {
                           return merchant.number == *number;
                       });
    if (!known || (!caller.every_merchant && caller.merchant != *number)) {
        return Refusal{403, "wrong_merchant", "This caller may not see that merchant.", 0};
    }
    caller.merchant = *number;
    return std::nullopt;
}

std::optional<Refusal> Auth::take_token(Caller& caller, bool counts) {
    const auto now = std::chrono::steady_clock::now();
    if (buckets_.size() >= cached_max) {
        buckets_.clear();
    }
    auto [at, fresh] = buckets_.try_emplace(caller.id, Bucket{options_.burst, now});
    Bucket& bucket = at->second;
    const double passed = std::chrono::duration<double>(now - bucket.at).count();
    bucket.tokens = std::min(options_.burst, bucket.tokens + passed * options_.requests_per_second);
    bucket.at = now;
    if (counts && bucket.tokens < 1) {
        const int wait =
            static_cast<int>(std::ceil((1 - bucket.tokens) / options_.requests_per_second));
        return Refusal{429, "rate_limited", fmt::format("Try again in {} s.", wait), wait};
    }
    if (counts) {
        bucket.tokens -= 1;
    }
    const auto left = static_cast<std::int64_t>(bucket.tokens);
    const double until_full = (options_.burst - bucket.tokens) / options_.requests_per_second;
    caller.rate_limit = fmt::format("\"requests\";r={};t={}", left,
                                    static_cast<std::int64_t>(std::ceil(until_full)));
    return std::nullopt;
}

std::string Auth::cookie_name() const {
    return options_.tls ? "__Host-aftermile_session" : "aftermile_session";
}

base::Result<std::string> Auth::open_session(std::string_view token, base::Instant now) {
    auto taken = engine::take_sign_in(admin_, token, now);
    if (!taken) {
        return std::unexpected(taken.error());
    }
    const std::string secret = base::to_base64url(base::random_bytes(token_bytes));
    ports::AdminRow row;
    row.kind = "session";
    row.name = hash_name(secret);
    row.merchant = taken->merchant;
    row.body = base::to_json(SessionRecord{taken->user, taken->role, taken->merchant});
    row.expires_at = now + options_.session_life;
    if (auto put = admin_.put(row); !put) {
        return std::unexpected(put.error());
    }
    return fmt::format(
        "{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", cookie_name(), secret,
        std::chrono::duration_cast<std::chrono::seconds>(options_.session_life).count(),
        options_.tls ? "; Secure" : "");
}

base::Result<std::string> Auth::close_session(const Request& request) {
    if (const auto token = cookie(request, cookie_name())) {
        if (auto removed = admin_.remove("session", hash_name(*token)); !removed) {
            return std::unexpected(removed.error());
        }
        const std::lock_guard lock(mutex_);
        entries_.erase("session/" + hash_name(*token));
    }
    return fmt::format("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{}", cookie_name(),
                       options_.tls ? "; Secure" : "");
}

base::Result<std::vector<engine::MerchantRecord>> Auth::merchants() {
    const std::lock_guard lock(mutex_);
    forget_if_changed();
    return merchants_;
}

bool Auth::is_same_site(const Request& request) {
    if (const auto fetched = request.header("sec-fetch-site")) {
        return *fetched == "same-origin";
    }
    // Browsers of before 2023 send no Sec-Fetch-Site, but an Origin with every change.
    const auto origin = request.header("origin");
    const auto host = request.header("host");
    if (!origin || !host) {
        return false;
    }
    const auto scheme = origin->find("://");
    return scheme != std::string_view::npos &&
           equals_ignoring_case(origin->substr(scheme + 3), *host);
}

}  // namespace aftermile::surface
