// Server-sent events of everything that changes, each listener its merchant's only.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
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

    // Goes on after `last_event_id` as far as it is remembered; else sends `reset` first.
    void listen(Responder responder, model::MerchantNumber merchant,
                std::string_view last_event_id);
    // What the engine does not tell: a source, the test clock.
    void tell(model::MerchantNumber merchant, std::string_view type, std::string_view id);

  private:
    struct Remembered {
        std::uint64_t number = 0;
        model::MerchantNumber merchant = 0;
        std::string text;
    };
    struct Listener {
        model::MerchantNumber merchant = 0;
        Stream stream;
    };
    void take(const std::vector<engine::Change>& changes);
    void send(const engine::Change& change);  // under the lock

    static constexpr std::size_t remembered_max = 4'096;
    static constexpr std::size_t listeners_max = 1'000;

    engine::Engine& engine_;
    std::uint64_t subscription_ = 0;
    std::mutex mutex_;
    std::uint64_t next_ = 1;
    std::uint64_t run_ = 0;  // tells this process's numbers from an earlier one's
    std::deque<Remembered> remembered_;
    std::list<Listener> listeners_;
};

}  // namespace aftermile::surface
