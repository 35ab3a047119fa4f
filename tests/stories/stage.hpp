// Where a story is told: a store of one kind, the real engine over it with a clock that stands
// still until the story moves it, and a mail transport that remembers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/clocks.hpp"
#include "engine/engine.hpp"
#include "engine/intake.hpp"
#include "tests/stories/story.hpp"

namespace aftermile::stories {

// The stores that every story is told on.
struct StoreFactory {
    std::string name;
    bool in_postgres = false;
    std::function<base::Result<std::unique_ptr<ports::Store>>(const std::string& folder)> open;
    engine::Materialise materialise = engine::Materialise::row;
};
[[nodiscard]] const std::vector<StoreFactory>& store_factories();
// How many statements PostgreSQL has answered to this process: proves where a story was told.
[[nodiscard]] std::uint64_t postgres_statements();

// The catalog and templates that travel inside the program, read once.
[[nodiscard]] const model::Catalog& shipped_catalog();
[[nodiscard]] const text::TemplateSet& shipped_templates();

class RecordingMail final : public ports::MailTransport {
  public:
    enum class Answer : unsigned char { sent, rejected, deferred, down };
    [[nodiscard]] base::Result<std::string> send(const ports::Mail& mail) override;
    void answer_with(Answer answer);
    [[nodiscard]] std::vector<ports::Mail> taken();

  private:
    std::mutex mutex_;
    Answer answer_ = Answer::sent;
    std::vector<ports::Mail> taken_;
};

class Stage {
  public:
    static constexpr model::MerchantNumber merchant = 1;

    // The story's folder must exist and be empty.
    [[nodiscard]] static base::Result<std::unique_ptr<Stage>> open(const StoreFactory& factory,
                                                                   const std::string& folder,
                                                                   base::Instant start,
                                                                   model::Mode mode);
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    [[nodiscard]] base::Result<std::vector<engine::Receipt>> submit(
        std::vector<engine::Element> elements);
    // Every timer and every message due until then, each at its own instant.
    [[nodiscard]] base::Result<void> advance_to(base::Instant at);

    [[nodiscard]] base::Instant now() const { return clock_.now(); }
    [[nodiscard]] engine::IntakeContext intake() const;
    [[nodiscard]] ports::StoreReader& reader() { return *reader_; }
    [[nodiscard]] RecordingMail& mail() { return mail_; }
    [[nodiscard]] ports::Store& store() { return *store_; }

    // Carrier and number that the story gave a shipment, for its scans.
    std::map<std::string, std::pair<std::string, std::string>> numbers;
    bool importing = false;
    std::uint32_t policy_version = 1;

  private:
    Stage(std::unique_ptr<ports::Store> store, base::Instant start)
        : store_(std::move(store)), clock_(start) {}
    [[nodiscard]] base::Result<void> start(model::Mode mode, engine::Materialise materialise);

    std::unique_ptr<ports::Store> store_;
    engine::StandingClock clock_;
    RecordingMail mail_;
    std::string secret_;
    std::unique_ptr<engine::Engine> engine_;
    std::unique_ptr<ports::StoreReader> reader_;
};

// Says what failed, at the story's own line.
void fail_at(const Story& story, int line, const std::string& what);

// Does what the command says (commands.cpp). `more` are the commands that come with it in one
// submission. False: it is none of these.
[[nodiscard]] bool perform(Stage& stage, const Story& story, const Command& command,
                           const std::vector<Command>& more);

// Checks what the command expects (expectations.cpp).
void expect(Stage& stage, const Story& story, const Command& command);
// `reason ANSWER SUBJECT CODE`: the answer is that reason with the fact, and is not without it.
void expect_reason(Stage& stage, const Story& story, const Command& command, bool with_fact);

// Decides the stored events again with the three pure functions alone (replay.cpp): decisions and
// records must be those of the store, byte for byte, whatever the process's zone and locale.
void replay_purely(Stage& stage, const Story& story);

// 3d4h, 30m, 90s.
[[nodiscard]] std::optional<base::Span> parse_span(std::string_view text);
// 5000USD: minor units.
[[nodiscard]] std::optional<base::Money> parse_money(std::string_view text);

}  // namespace aftermile::stories
