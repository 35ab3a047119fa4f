// Server-sent events of everything that changes, each listener its merchant's only.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "engine/engine.hpp"
#include "surface/http/responder.hpp"

namespace aftermile::surface {

class Streams {
  public:
    explicit Streams(engine::Engine& engine);
    ~Streams();
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;

    // Goes on after `last_event_id` as far as it is remembered; else sends `reset` first. Ends
    // within about a second of `admitted` saying no; that is asked on a thread of its own.
    void listen(Responder responder, model::MerchantNumber merchant, std::string_view last_event_id,
                std::function<bool()> admitted);
    // What the engine does not tell: a source, the test clock.
    void tell(model::MerchantNumber merchant, std::string_view type, std::string_view id);

  private:
    struct Told {
        std::string type, id;
    };
    struct Remembered {
        std::uint64_t number = 0;
        base::Instant at;
        model::MerchantNumber merchant = 0;
        std::variant<engine::Change, Told> change;
    };
    struct Listener {
        model::MerchantNumber merchant = 0;
        Stream stream;
        std::shared_ptr<const std::function<bool()>> admitted;
    };
    void watch(const std::stop_token& stop);
    void end_refused();
    void take(const std::vector<engine::Change>& changes);
    // Under the lock.
    void send(base::Instant at, model::MerchantNumber merchant,
              std::variant<engine::Change, Told> change);
    [[nodiscard]] std::string text_of(const Remembered& event) const;

    static constexpr std::size_t remembered_max = 4'096;
    static constexpr std::size_t listeners_max = 1'000;

    engine::Engine& engine_;
    std::uint64_t subscription_ = 0;
    std::mutex mutex_;
    std::uint64_t next_ = 1;
    std::uint64_t run_ = 0;  // tells this process's numbers from an earlier one's
    std::deque<Remembered> remembered_;
    std::list<Listener> listeners_;
    std::condition_variable_any wake_;
    std::jthread watching_;
};

}  // namespace aftermile::surface
