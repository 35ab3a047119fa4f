#include "engine/handoff.hpp"

#include <map>
#include <utility>

#include "base/crypto.hpp"
#include "base/record.hpp"

namespace aftermile::engine {

namespace {

using base::Result;

constexpr std::string_view context = "intake";

struct WirePart {
    std::string owner, about, sealed;
    static constexpr auto fields() {
        return base::fields(base::field("owner", &WirePart::owner),
                            base::field("about", &WirePart::about),
                            base::field("sealed", &WirePart::sealed));
    }
};

struct WireError {
    std::string code, detail, pointer;
    std::int32_t family = 0;
    static constexpr auto fields() {
        return base::fields(
            base::field("code", &WireError::code), base::field("detail", &WireError::detail),
            base::field("pointer", &WireError::pointer), base::field("family", &WireError::family));
    }
};

struct WireElement {
    std::string payload;
    std::vector<WirePart> parts;
    std::optional<WireError> parked;
    std::optional<base::Instant> at;
    static constexpr auto fields() {
        return base::fields(base::field("payload", &WireElement::payload),
                            base::field("parts", &WireElement::parts),
                            base::field("parked", &WireElement::parked),
                            base::field("at", &WireElement::at));
    }
};

struct WireReceipt {
    std::int32_t kind = 0;
    std::string id, reference;
    std::int64_t event = 0;
    std::optional<WireError> error;
    static constexpr auto fields() {
        return base::fields(
            base::field("kind", &WireReceipt::kind), base::field("id", &WireReceipt::id),
            base::field("reference", &WireReceipt::reference),
            base::field("event", &WireReceipt::event), base::field("error", &WireReceipt::error));
    }
};

struct WireReceipts {
    std::vector<WireReceipt> receipts;
    static constexpr auto fields() {
        return base::fields(base::field("receipts", &WireReceipts::receipts));
    }
};

struct WireRepeatable {
    std::string name, body_hash, request_id;
    std::vector<WireReceipt> receipts;
    std::vector<std::int64_t> places;
    static constexpr auto fields() {
        using T = WireRepeatable;
        return base::fields(base::field("name", &T::name), base::field("body_hash", &T::body_hash),
                            base::field("request_id", &T::request_id),
                            base::field("receipts", &T::receipts),
                            base::field("places", &T::places));
    }
};

struct WireSubmission {
    std::vector<WireElement> elements;
    std::optional<WireRepeatable> repeatable;
    static constexpr auto fields() {
        return base::fields(base::field("elements", &WireSubmission::elements),
                            base::field("repeatable", &WireSubmission::repeatable));
    }
};

WireError wire_of(const base::Error& error) {
    return {error.code, error.detail, error.pointer, static_cast<std::int32_t>(error.family)};
}

Result<base::Error> error_of(WireError wire) {
    if (wire.family < 0 || wire.family > static_cast<std::int32_t>(base::Family::internal)) {
        return base::fail("bad_handoff", "An error of an unknown family.");
    }
    return base::Error{std::move(wire.code), std::move(wire.detail), std::move(wire.pointer),
                       static_cast<base::Family>(wire.family)};
}

Result<Element> element_of(model::MerchantNumber merchant, WireElement wire,
                           ports::Keyring& keyring) {
    Element element;
    auto payload = model::decode_payload(wire.payload);
    if (!payload) {
        return std::unexpected(payload.error());
    }
    element.payload = std::move(*payload);
    element.encoded = std::move(wire.payload);
    element.at = wire.at;
    if (wire.parked) {
        auto parked = error_of(std::move(*wire.parked));
        if (!parked) {
            return std::unexpected(parked.error());
        }
        element.parked = std::move(*parked);
    }
    for (WirePart& part : wire.parts) {
        auto key = keyring.find(merchant, part.owner);
        if (!key) {
            return std::unexpected(key.error());
        }
        auto plain = *key ? base::open(**key, part.sealed, context)
                          : base::fail("cannot_open", "Its owner was erased.");
        if (plain) {
            element.sealed.push_back(
                {std::move(part.owner), std::move(part.about), std::move(*plain)});
        }
    }
    return element;
}

std::vector<WireReceipt> wire_of(const std::vector<Receipt>& receipts) {
    std::vector<WireReceipt> wire;
    for (const Receipt& receipt : receipts) {
        WireReceipt& each = wire.emplace_back();
        each.kind = static_cast<std::int32_t>(receipt.kind);
        each.id = receipt.id;
        each.reference = receipt.reference;
        each.event = receipt.event.value;
        if (receipt.error) {
            each.error = wire_of(*receipt.error);
        }
    }
    return wire;
}

Result<std::vector<Receipt>> receipts_of(std::vector<WireReceipt> wire) {
    std::vector<Receipt> receipts;
    for (WireReceipt& each : wire) {
        if (each.kind < 0 || each.kind > static_cast<std::int32_t>(ReceiptKind::retry)) {
            return base::fail("bad_handoff", "A receipt of an unknown kind.");
        }
        Receipt& receipt = receipts.emplace_back();
        receipt.kind = static_cast<ReceiptKind>(each.kind);
        receipt.id = std::move(each.id);
        receipt.reference = std::move(each.reference);
        receipt.event.value = each.event;
        if (each.error) {
            auto error = error_of(std::move(*each.error));
            if (!error) {
                return std::unexpected(error.error());
            }
            receipt.error = std::move(*error);
        }
    }
    return receipts;
}

Result<Repeatable> repeatable_of(WireRepeatable wire) {
    auto receipts = receipts_of(std::move(wire.receipts));
    if (!receipts) {
        return std::unexpected(receipts.error());
    }
    Repeatable repeatable{.name = std::move(wire.name),
                          .body_hash = std::move(wire.body_hash),
                          .request_id = std::move(wire.request_id),
                          .receipts = std::move(*receipts),
                          .places = {}};
    for (const std::int64_t place : wire.places) {
        if (place < 0 || std::cmp_greater_equal(place, repeatable.receipts.size())) {
            return base::fail("bad_handoff", "A receipt without a place.");
        }
        repeatable.places.push_back(static_cast<std::size_t>(place));
    }
    return repeatable;
}

}  // namespace

Result<std::string> encode_submission(const Submission& submission, ports::Keyring& keyring) {
    const std::vector<Element>& elements = submission.elements;
    std::map<std::string, std::string> keys;
    for (const Element& element : elements) {
        for (const SealedPart& part : element.sealed) {
            keys.try_emplace(part.owner);
        }
    }
    std::vector<std::string> owners;
    for (const auto& [owner, key] : keys) {
        owners.push_back(owner);
    }
    if (!owners.empty()) {
        auto found = keyring.keys_for(submission.merchant, owners);
        if (!found) {
            return std::unexpected(found.error());
        }
        for (std::size_t i = 0; i < owners.size(); ++i) {
            keys[owners[i]] = std::move((*found)[i]);
        }
    }
    WireSubmission wire;
    for (const Element& element : elements) {
        WireElement& each = wire.elements.emplace_back();
        each.payload = element.encoded;
        each.at = element.at;
        if (element.parked) {
            each.parked = wire_of(*element.parked);
        }
        for (const SealedPart& part : element.sealed) {
            each.parts.push_back(
                {part.owner, part.about, base::seal(keys.at(part.owner), part.plain, context)});
        }
    }
    if (const auto& repeatable = submission.repeatable) {
        wire.repeatable = WireRepeatable{.name = repeatable->name,
                                         .body_hash = repeatable->body_hash,
                                         .request_id = repeatable->request_id,
                                         .receipts = wire_of(repeatable->receipts),
                                         .places = {}};
        wire.repeatable->places.assign(repeatable->places.begin(), repeatable->places.end());
    }
    return base::encode(wire);
}

Result<Submission> decode_submission(model::MerchantNumber merchant, std::string_view body,
                                     ports::Keyring& keyring) {
    auto wire = base::decode<WireSubmission>(body);
    if (!wire) {
        return std::unexpected(wire.error());
    }
    Submission submission;
    submission.merchant = merchant;
    for (WireElement& each : wire->elements) {
        auto element = element_of(merchant, std::move(each), keyring);
        if (!element) {
            return std::unexpected(element.error());
        }
        submission.elements.push_back(std::move(*element));
    }
    if (wire->repeatable) {
        auto repeatable = repeatable_of(std::move(*wire->repeatable));
        if (!repeatable) {
            return std::unexpected(repeatable.error());
        }
        submission.repeatable = std::move(*repeatable);
    }
    return submission;
}

std::string encode_receipts(const std::vector<Receipt>& receipts) {
    return base::encode(WireReceipts{wire_of(receipts)});
}

Result<std::vector<Receipt>> decode_receipts(std::string_view body) {
    auto wire = base::decode<WireReceipts>(body);
    return wire ? receipts_of(std::move(wire->receipts))
                : Result<std::vector<Receipt>>(std::unexpected(wire.error()));
}

}  // namespace aftermile::engine
