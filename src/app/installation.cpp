#include "app/installation.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>

#include "base/json.hpp"
#include "engine/catalog_load.hpp"
#include "engine/clocks.hpp"
#include "engine/person.hpp"
#include "storage/postgres/intake.hpp"
#include "storage/postgres/store.hpp"
#include "storage/sqlite/store.hpp"
#include "transport/smtp.hpp"

namespace aftermile::app {

using base::Result;

namespace {

// The text between the quotes of a JSON text: what libraries and servers say may hold quotes and
// the ends of lines.
class JsonText final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm& /*unused*/,
                spdlog::memory_buf_t& out) override {
        const std::string_view said(message.payload.data(), message.payload.size());
        std::string text;
        base::JsonWriter(text).text(said);
        out.append(text.data(), text.data() + text.size());
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<JsonText>();
    }
};

// Null without a worker.
Result<std::unique_ptr<ports::Store>> open_store_of(
    const Config& config, std::shared_ptr<storage::postgres::WorkerLease> worker) {
    const std::string& url = config.get("store");
    if (url.empty()) {
        return storage::sqlite::open_sqlite(config.get("data"));
    }
    if (!url.starts_with("postgres://") && !url.starts_with("postgresql://")) {
        return base::fail("bad_config", "store must be empty (SQLite) or begin with postgres://.",
                          "store");
    }
    return storage::postgres::open_postgres(config.get("data"),
                                            {.url = url, .worker = std::move(worker)});
}

base::Result<void> check_part(const Config& config, Part part) {
    if (part == Part::all) {
        return {};
    }
    if (config.get("store").empty()) {
        return base::fail("bad_config", "Several processes need --store postgres://...", "store");
    }
    if (!config.get("test_clock").empty()) {
        return base::fail("bad_config", "A clock that stands is one process's.", "test_clock");
    }
    return {};
}

void set_part(engine::Options& options, const Config& config, Part part) {
    options.shared = part == Part::worker;
    if (part == Part::api) {
        options.intake = [url = config.get("store")]() -> Result<std::unique_ptr<ports::Intake>> {
            return storage::postgres::PostgresIntake::open({.url = url},
                                                           storage::postgres::Wakes::on_receipts);
        };
    }
}

}  // namespace

Result<std::unique_ptr<ports::Store>> open_store(const Config& config) {
    return open_store_of(config, nullptr);
}

Result<std::unique_ptr<Installation>> open_installation(const Config& config, bool dispatch,
                                                        std::unique_ptr<ports::MailTransport> mail,
                                                        Part part) {
    if (auto fits = check_part(config, part); !fits) {
        return std::unexpected(fits.error());
    }
    auto made = std::make_unique<Installation>();
    made->mail = std::move(mail);
    if (part == Part::worker) {
        made->lease = std::make_shared<storage::postgres::WorkerLease>();
        made->lease->length = engine::limits::lease_length;
    }
    auto store = open_store_of(config, made->lease);
    if (!store) {
        return std::unexpected(store.error());
    }
    made->store = std::move(*store);
    auto catalog = engine::load_catalog(engine::embedded_catalog_files());
    auto templates = engine::load_embedded_templates();
    auto secret = engine::installation_secret(made->store->keyring());
    if (!catalog || !templates || !secret) {
        return std::unexpected(!catalog     ? catalog.error()
                               : !templates ? templates.error()
                                            : secret.error());
    }
    made->catalog = std::move(*catalog);
    made->templates = std::move(*templates);
    made->secret = std::move(*secret);
    made->public_url = config.get("public_url").empty() ? "http://" + config.get("listen")
                                                        : config.get("public_url");
    if (const std::string& start = config.get("test_clock"); !start.empty()) {
        auto at = base::parse_instant(start);
        if (!at) {
            return std::unexpected(at.error());
        }
        made->clock = std::make_unique<engine::StandingClock>(*at);
    } else {
        made->clock = std::make_unique<engine::SystemClock>();
    }
    if (const std::string& url = config.get("smtp.url"); !url.empty()) {
        transport::SmtpOptions smtp;
        smtp.url = url;
        smtp.user = config.get("smtp.user");
        smtp.password = config.get("smtp.password");
        smtp.require_tls = config.get("smtp.require_tls") == "true";
        made->mail = std::make_unique<transport::SmtpTransport>(std::move(smtp));
    }
    engine::Options options;
    options.mail = made->mail.get();
    options.dispatch = dispatch && config.get("dispatch") != "false";
    if (const std::string& when = config.get("materialise"); when == "swept") {
        options.materialise = engine::Materialise::swept;
    } else if (when != "row") {
        return base::fail("bad_config", "materialise is row or swept.", "materialise");
    }
    set_part(options, config, part);
    options.messages.templates = &made->templates;
    options.messages.catalog = &made->catalog;
    options.messages.secret = made->secret;
    options.messages.public_url = made->public_url;
    options.messages.mail_from = config.get("mail.from");
    options.messages.mail_host =
        options.messages.mail_from.substr(options.messages.mail_from.rfind('@') + 1);
#ifdef AFTERMILE_FAULTS  // a build of its own, for the test that must catch it
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any other thread starts
    const char* fault = std::getenv("AFTERMILE_FAULT");
    options.reply_too_early = fault != nullptr && std::string_view(fault) == "ack_before_commit";
#endif
    made->engine = std::make_unique<engine::Engine>(std::move(options), *made->store, *made->clock,
                                                    made->catalog);
    return made;
}

void set_up_log(const Config& config) {
    auto logger = spdlog::stderr_logger_mt("aftermile");
    auto lines = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    lines->add_flag<JsonText>('*').set_pattern(
        R"({"at":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","thread":%t,"text":%*})");
    logger->set_formatter(std::move(lines));
    logger->set_level(spdlog::level::from_str(config.get("log.level")));
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace aftermile::app
