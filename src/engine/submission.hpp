// What goes into the engine and what comes back: elements of one merchant, and a receipt for each
// once everything is durable.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/decisions.hpp"
#include "model/event.hpp"
#include "ports/store.hpp"

namespace aftermile::engine {

// Personal data on its way to the seal. `owner` names the key (a person's keyed hash), `about`
// what it is. The text is a flat JSON object, merged into what is sealed there: null removes.
struct SealedPart {
    std::string owner;
    std::string about;
    std::string plain;
};

struct Element {
    model::Payload payload;
    std::vector<SealedPart> sealed;
    // Set aside by intake before any decision, with this reason.
    std::optional<base::Error> parked;
    // Import: decided at this instant of its own, after the merchant's timers due until then.
    std::optional<base::Instant> at;
    std::string encoded;   // of the payload; filled by Engine::submit on the caller's thread
    bool at_hand = false;  // found by the writer: deciding may be tried (core::may_be_enough)
};

enum class ReceiptKind : unsigned char {
    accepted,
    duplicate,
    parked,
    rejected,
    retry,  // nothing was kept
};

struct Receipt {
    ReceiptKind kind = ReceiptKind::retry;
    std::string id;  // of the record that the sender spoke of
    std::string reference;
    model::EventId event;  // when one was used up
    std::optional<base::Error> error;
};

using Reply = std::function<void(std::vector<Receipt>)>;
// Rows of administration that are kept with what the receipts speak of, or not at all.
using Keep = std::function<std::vector<ports::AdminRow>(const std::vector<Receipt>&)>;

struct Submission {
    model::MerchantNumber merchant = 0;
    std::vector<Element> elements;
    Reply reply;  // called once, on a thread of the engine, after the commit; must not block
    // Called once before the commit, on a thread of the engine; must not block. The elements of a
    // submission that has it are never divided between two commits.
    Keep keep{};
    // It came through the intake: its row goes and the receipts come in the commit of its effect.
    // Never divided between two commits either.
    std::optional<ports::IntakeKey> asked{};
};

// Something that changed, for streams and caches.
struct Change {
    model::MerchantNumber merchant = 0;
    std::string kind;  // the singular of the table: shipment, incident, ...
    std::string id;
};
using Subscriber = std::function<void(const std::vector<Change>&)>;  // must not block

}  // namespace aftermile::engine
