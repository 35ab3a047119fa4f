#include "app/demo.hpp"

#include <fmt/format.h>
#include <gperftools/malloc_extension_c.h>
#include <malloc.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "app/commands.hpp"
#include "app/serve.hpp"
#include "base/json.hpp"
#include "engine/admin_records.hpp"
#include "sim/player.hpp"
#include "sim/world.hpp"

namespace aftermile::app {

namespace {

// The program's own allocator keeps what was freed until it is told; sanitized, it has another.
#pragma weak MallocExtension_ReleaseFreeMemory
void give_back_memory() {
    if (MallocExtension_ReleaseFreeMemory != nullptr) {
        MallocExtension_ReleaseFreeMemory();
    } else {
        malloc_trim(0);
    }
}

using base::Result;

// demo.json in the data folder: what the simulator posted already.
struct DemoState {
    std::uint64_t seed = 0;
    std::int64_t shipments = 0;
    base::Instant clock;
    std::string merchant;
    std::string key;  // the stored name of the key made last, not the key
    static constexpr auto fields() {
        using T = DemoState;
        return base::fields(base::field("seed", &T::seed), base::field("shipments", &T::shipments),
                            base::field("clock", &T::clock), base::field("merchant", &T::merchant),
                            base::field("key", &T::key));
    }
};

// Takes every mail and sends none: what it would say is read in the console.
class Drawer final : public ports::MailTransport {
  public:
    Result<std::string> send(const ports::Mail& /*mail*/) override {
        return "kept in the demo's drawer";
    }
};

base::Instant wall_now() {
    return std::chrono::time_point_cast<base::Span>(std::chrono::system_clock::now());
}

bool stop_asked() {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
}

std::string day_and_hour(base::Instant at) {
    return base::to_text(std::chrono::floor<std::chrono::minutes>(at)).substr(0, 16) + "Z";
}

// A line that overwrites itself, on a terminal only.
class Progress {
  public:
    Progress(base::Instant from, base::Instant until) : from_(from), until_(until) {}
    ~Progress() {
        if (shown_) {
            std::fputc('\n', stderr);
        }
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(base::Instant at) {
        if (isatty(STDERR_FILENO) == 0 || at <= from_) {
            return;
        }
        const auto spent = std::chrono::steady_clock::now() - began_;
        const auto left = spent * (until_ - at).count() / (at - from_).count();
        fmt::print(stderr, "\rSimulating {}, {} % done, about {} s left ",
                   day_and_hour(at).substr(0, 10), (at - from_) * 100 / (until_ - from_),
                   std::chrono::duration_cast<std::chrono::seconds>(left).count());
        std::fflush(stderr);
        shown_ = true;
    }

  private:
    base::Instant from_, until_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    bool shown_ = false;
};

class Demo {
  public:
    Demo(const Config& config, const DemoArguments& arguments)
        : folder_(config.get("data")), public_url_(config.get("public_url")) {
        state_.seed = arguments.seed;
        state_.shipments = arguments.shipments;
        state_.clock = options().start;
    }

    [[nodiscard]] base::Instant clock() const { return state_.clock; }

    Result<void> read_state() {
        std::ifstream file(path());
        if (!file) {
            return {};
        }
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        auto document = base::JsonDocument::parse(text);
        base::Problems problems;
        if (!document) {
            return std::unexpected(document.error());
        }
        return base::read_json(document->root(), state_, problems);
    }

    [[nodiscard]] bool is_seeded() const { return state_.clock >= options().now(); }

    // Seeding stops the server behind it: what it needed in memory, serving does not.
    Result<bool> listening(Installation& installation, std::uint16_t port) {
        port_ = port;
        ports::AdminStore& admin = installation.store->admin();
        if (auto made = make_access(admin); !made) {
            return std::unexpected(made.error());
        }
        if (!is_seeded()) {
            auto seeded = seed();
            return seeded ? Result<bool>(false) : std::unexpected(seeded.error());
        }
        const engine::SignInRecord who{.merchant = 0, .user = "demo", .role = "admin"};
        auto token = engine::create_sign_in(admin, who, wall_now());
        if (!token) {
            return std::unexpected(token.error());
        }
        greet(*token);
        return true;
    }

    // Scans that are due on the way are posted on the way: the clock goes on in between.
    Result<void> advance(Installation& installation, base::Instant target) {
        const std::unique_lock lock(moving_, std::try_to_lock);
        if (!lock) {
            return base::fail("clock_moving", "The clock is being moved already.", {},
                              base::Family::retry);
        }
        engine::Engine& engine = *installation.engine;
        if (seeding_) {  // the simulator itself moves it, and posts what is due
            return engine.advance_to(target);
        }
        sim::Player player("127.0.0.1", port_, key_, plan(), state_.clock,
                           [&engine](base::Instant at) { return engine.advance_to(at); });
        auto played = player.play_until(target);
        state_.clock = std::max(state_.clock, engine.now());
        auto kept = write_state();
        give_back_memory();
        return played ? kept : played;
    }

  private:
    [[nodiscard]] std::string path() const { return folder_ + "/demo.json"; }

    [[nodiscard]] sim::PlanOptions options() const {
        sim::PlanOptions options;
        options.seed = state_.seed;
        options.shipments = static_cast<int>(state_.shipments);
        return options;
    }
    // What is still to be posted.
    [[nodiscard]] std::vector<sim::Post> plan() const {
        sim::PlanOptions options = this->options();
        options.after = state_.clock;
        return sim::make_plan(options);
    }

    Result<void> write_state() {
        const std::string text = base::to_json(state_) + "\n";
        const std::string aside = path() + ".new";
        std::ofstream file(aside, std::ios::trunc);
        file << text;
        file.close();
        std::error_code error;
        std::filesystem::rename(aside, path(), error);
        if (!file || error) {
            return base::fail("data_folder", fmt::format("Cannot write {}.", path()), {},
                              base::Family::internal);
        }
        return {};
    }

    // The merchant, made once, and a fresh key: keys are kept as hashes, so that the last one
    // cannot be shown again.
    Result<void> make_access(ports::AdminStore& admin) {
        if (state_.merchant.empty()) {
            auto found = engine::find_merchant(admin, sim::brand);
            if (!found) {
                found = engine::create_merchant(admin, sim::brand, model::Mode::live, wall_now());
            }
            if (!found) {
                return std::unexpected(found.error());
            }
            found->sender_name = std::string(sim::brand);
            found->sender_email = "hello@alder-finch.example";
            found->support_email = "help@alder-finch.example";
            found->brand_colour = "#2f5d50";
            found->postal_address = "Alder & Finch, 1 Warehouse Road, Reno, NV 89502";
            if (auto written = engine::write_merchant(admin, *found); !written) {
                return written;
            }
            state_.merchant = found->id;
        }
        auto number = engine::parse_merchant_id(state_.merchant);
        if (!number) {
            return std::unexpected(number.error());
        }
        if (!state_.key.empty()) {
            if (auto removed = admin.remove("key", state_.key); !removed) {
                return std::unexpected(removed.error());
            }
        }
        auto made = engine::create_key(admin, *number, false, {"all"}, "demo", wall_now());
        if (!made) {
            return std::unexpected(made.error());
        }
        key_ = made->key;
        state_.key = engine::key_row_name(key_);
        return write_state();
    }

    Result<void> seed() {
        seeding_ = true;
        const base::Instant until = options().now();
        sim::Player player("127.0.0.1", port_, key_, plan(), state_.clock);
        Progress progress(state_.clock, until);
        Result<void> kept;
        player.on_progress([&](base::Instant at) {
            state_.clock = at;
            kept = write_state();
            progress.show(at);
            return kept && !stop_asked();
        });
        auto played = player.play_until(until);
        seeding_ = false;
        return kept ? played : kept;
    }

    void greet(const std::string& token) const {
        fmt::print(
            "{} on {}: {} shipments, the clock stands at {}\n\n"
            "Console   {}/console/?token={}\n"
            "          opens once; `aftermile users link` makes another\n"
            "API key   {}\n\n",
            sim::brand, public_url_, state_.shipments, day_and_hour(state_.clock), public_url_,
            token, key_);
        fmt::print(
            "Guided case: open order {} in the console and advance the clock.\n"
            "  after 5 days   its parcel is late and silent: six answers, its e-mails\n"
            "  after 7 days   the carrier calls it lost: cover, claims and their deadlines\n"
            "  after 10 days  it was found: what that refutes is taken back\n"
            "No mail leaves this machine unless smtp.url is set: read it in the console.\n"
            "Ctrl-C stops; starting again goes on where it stopped.\n",
            sim::guided_order);
        std::fflush(stdout);
    }

    const std::string folder_, public_url_;
    DemoState state_;
    std::string key_;
    std::uint16_t port_ = 0;
    std::mutex moving_;
    std::atomic<bool> seeding_ = false;
};

}  // namespace

int run_demo(Config config, const DemoArguments& arguments) {
    const std::string& listen = config.get("listen");
    if (config.get("public_url").empty()) {  // a browser on this machine names it so
        config.set("public_url", "http://localhost" + listen.substr(listen.rfind(':')), "the demo");
    }
    std::error_code ignored;
    std::filesystem::create_directories(config.get("data"), ignored);
    Demo demo(config, arguments);
    if (auto read = demo.read_state(); !read) {
        return complain(read.error());
    }
    if (config.all().find("log.level")->second.origin == "default") {
        spdlog::set_level(spdlog::level::warn);
    }
    ServeHooks hooks;
    hooks.mail = [] { return std::make_unique<Drawer>(); };
    hooks.advance = [&demo](Installation& installation, base::Instant target) {
        return demo.advance(installation, target);
    };
    hooks.listening = [&demo](Installation& installation, std::uint16_t port) {
        return demo.listening(installation, port);
    };
    const auto serve_from_here = [&] {
        config.set("test_clock", base::to_text(demo.clock()), "the demo");
        return serve(config, hooks);
    };
    if (!demo.is_seeded()) {
        const int status = serve_from_here();
        if (status != 0 || !demo.is_seeded()) {
            return status;
        }
        give_back_memory();
    }
    return serve_from_here();
}

}  // namespace aftermile::app
