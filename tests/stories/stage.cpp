#include "tests/stories/stage.hpp"

#include <gtest/gtest.h>

#include <charconv>

#include "engine/admin_records.hpp"
#include "engine/catalog_load.hpp"
#include "engine/person.hpp"

namespace aftermile::stories {

namespace {

model::Catalog load_catalog_or_die() {
    auto catalog = engine::load_catalog(engine::embedded_catalog_files());
    if (!catalog) {
        ADD_FAILURE() << catalog.error().detail;
        std::abort();
    }
    return std::move(*catalog);
}

text::TemplateSet load_templates_or_die() {
    auto templates = engine::load_embedded_templates();
    if (!templates) {
        ADD_FAILURE() << templates.error().detail;
        std::abort();
    }
    return std::move(*templates);
}

}  // namespace

const model::Catalog& shipped_catalog() {
    static const model::Catalog catalog = load_catalog_or_die();
    return catalog;
}

const text::TemplateSet& shipped_templates() {
    static const text::TemplateSet templates = load_templates_or_die();
    return templates;
}

base::Result<std::string> RecordingMail::send(const ports::Mail& mail) {
    const std::lock_guard lock(mutex_);
    switch (answer_) {
        case Answer::sent:
            taken_.push_back(mail);
            return "250 taken";
        case Answer::rejected:
            return base::fail("mail_refused", "550 no such mailbox");
        case Answer::deferred:
            return base::fail("mail_deferred", "451 come again", {}, base::Family::retry);
        case Answer::down:
            return base::fail("mail_unreachable", "nobody answers", {}, base::Family::retry);
    }
    return base::fail("mail_refused", "550");
}

void RecordingMail::answer_with(Answer answer) {
    const std::lock_guard lock(mutex_);
    answer_ = answer;
}

std::vector<ports::Mail> RecordingMail::taken() {
    const std::lock_guard lock(mutex_);
    return taken_;
}

base::Result<std::unique_ptr<Stage>> Stage::open(const StoreFactory& factory,
                                                 const std::string& folder, base::Instant start,
                                                 model::Mode mode) {
    auto store = factory.open(folder);
    if (!store) {
        return std::unexpected(store.error());
    }
    std::unique_ptr<Stage> stage(new Stage(std::move(*store), start));
    if (auto started = stage->start(mode, factory.materialise); !started) {
        return std::unexpected(started.error());
    }
    return stage;
}

base::Result<void> Stage::start(model::Mode mode, engine::Materialise materialise) {
    auto secret = engine::installation_secret(store_->keyring());
    auto made = engine::create_merchant(store_->admin(), "Story", mode, clock_.now());
    if (!secret || !made) {
        return std::unexpected(secret ? made.error() : secret.error());
    }
    secret_ = *secret;
    engine::Options options;
    options.mail = &mail_;
    options.materialise = materialise;
    options.messages = {.templates = &shipped_templates(),
                        .catalog = &shipped_catalog(),
                        .secret = secret_,
                        .public_url = "https://post.shop.example",
                        .mail_host = "post.shop.example",
                        .mail_from = "post@shop.example"};
    options.fatal = [](const base::Error& error) { ADD_FAILURE() << error.detail; };
    engine_ = std::make_unique<engine::Engine>(options, *store_, clock_, shipped_catalog());
    if (auto started = engine_->start(); !started) {
        return started;
    }
    auto reader = store_->reader();
    if (!reader) {
        return std::unexpected(reader.error());
    }
    reader_ = std::move(*reader);
    return {};
}

Stage::~Stage() {
    reader_.reset();
    if (engine_) {
        engine_->stop();
    }
}

engine::IntakeContext Stage::intake() const {
    return {.secret = secret_,
            .merchant = merchant,
            .now = clock_.now(),
            .catalog = &shipped_catalog(),
            .imported = importing,
            .pointer = {}};
}

base::Result<std::vector<engine::Receipt>> Stage::submit(std::vector<engine::Element> elements) {
    auto receipts = engine_->submit_and_wait(merchant, std::move(elements));
    // What it caused is handed over, and answered, before the story goes on.
    if (auto settled = engine_->advance_to(clock_.now()); !settled) {
        return std::unexpected(settled.error());
    }
    return receipts;
}

base::Result<void> Stage::advance_to(base::Instant at) { return engine_->advance_to(at); }

void fail_at(const Story& story, int line, const std::string& what) {
    ADD_FAILURE_AT(story.path.c_str(), line) << what;
}

std::optional<base::Span> parse_span(std::string_view text) {
    base::Span total{0};
    if (text.empty()) {
        return std::nullopt;
    }
    while (!text.empty()) {
        std::int64_t count = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
        const auto used = static_cast<std::size_t>(end - text.data());
        if (error != std::errc{} || used == text.size()) {
            return std::nullopt;
        }
        switch (text[used]) {
            case 'd':
                total += std::chrono::hours{24 * count};
                break;
            case 'h':
                total += std::chrono::hours{count};
                break;
            case 'm':
                total += std::chrono::minutes{count};
                break;
            case 's':
                total += std::chrono::seconds{count};
                break;
            default:
                return std::nullopt;
        }
        text.remove_prefix(used + 1);
    }
    return total;
}

std::optional<base::Money> parse_money(std::string_view text) {
    constexpr std::size_t code_size = 3;
    std::int64_t amount = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    const auto used = static_cast<std::size_t>(end - text.data());
    const auto currency = base::Currency::parse(text.substr(used));
    if (error != std::errc{} || text.size() - used != code_size || !currency) {
        return std::nullopt;
    }
    return base::Money{amount, *currency};
}

}  // namespace aftermile::stories
