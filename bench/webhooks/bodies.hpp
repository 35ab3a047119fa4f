// What `bench webhooks` sends: EasyPost tracker events as its documentation writes them, each
// signed, all different. Not safe from several threads.
#pragma once

#include <cstdint>
#include <string>

#include "bench/ingest/workload.hpp"
#include "bench/measure/connections.hpp"
#include "bench/parse/trackers.hpp"

namespace aftermile::bench {

// The address's secret; the same in every run, there is nothing to protect.
inline constexpr const char* webhook_secret = "bench-webhook-secret";

class WebhookBodies {
  public:
    // With `histories` each body has the whole history of a parcel that nobody told of before (see
    // TrackerHistories); else one new detail of a parcel of the workload.
    WebhookBodies(Workload& workload, std::string endpoint, bool histories, std::uint64_t seed);

    // The request's tag is the number of scans in it.
    void next(Request& request);

  private:
    void write_news(std::string& body);

    Workload& workload_;
    std::string path_, detail_;
    bool histories_;
    TrackerHistories generator_;
    std::uint32_t number_ = 0;
};

}  // namespace aftermile::bench
