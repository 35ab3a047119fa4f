// What goes into the engine and what comes back: elements of one merchant, and a receipt for each
// once everything is durable.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
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
    bool at_hand = false;  // found by the writer: deciding may be tried (core::at_hand)
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

// A request that carries a key and may be sent again. Its receipts are kept in the commit of its
// effect (engine/repetition.hpp), whichever process commits it: both are there or neither is.
struct Repeatable {
    std::string name;  // merchant and key as sent
    std::string body_hash;
    std::string request_id;  // of the request that did the work
    // One for each element of the request: those refused before they came here are told already,
    // those of the submission follow, each at its place.
    std::vector<Receipt> receipts;
    std::vector<std::size_t> places;
};

struct Submission {
    model::MerchantNumber merchant = 0;
    std::vector<Element> elements;
    Reply reply;  // called once, on a thread of the engine, after the commit; must not block
    // The elements of a submission that has it are never divided between two commits.
    std::optional<Repeatable> repeatable{};
    // Of a request that was worked on before: its elements are answered with these, not decided.
    std::optional<std::vector<Receipt>> told{};
    // It came through the intake: its row goes and the receipts come in the commit of its effect.
    // Never divided between two commits either.
    std::optional<ports::IntakeKey> asked{};
};

// A record that changed, for streams and caches. Mostly nobody listens: its texts are written for
// whoever does.
struct Change {
    model::MerchantNumber merchant = 0;
    std::string_view kind;    // the singular of the table: shipment, incident, ...
    std::int64_t number = 0;  // of its id, or of its version
    std::string (*written)(std::int64_t number) = nullptr;
    [[nodiscard]] std::string id() const { return written(number); }
};
using Subscriber = std::function<void(const std::vector<Change>&)>;  // must not block

}  // namespace aftermile::engine
