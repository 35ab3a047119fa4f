// The only door to the time of day. Decisions never read it: the engine asks once for a batch and
// hands the answer on as a value.
#pragma once

#include "base/instant.hpp"

namespace aftermile::ports {

class Clock {
  public:
    virtual ~Clock() = default;
    // Safe from any thread. May be set back by the machine; the engine never lets that show.
    [[nodiscard]] virtual base::Instant now() const = 0;
    // Whether time passes by itself. A clock that does not is moved by `step_to` alone.
    [[nodiscard]] virtual bool runs() const = 0;
    // Moves a standing clock forward; earlier instants and running clocks are left alone.
    virtual void step_to(base::Instant at) = 0;
};

}  // namespace aftermile::ports
