#include "connectors/carriers/easypost/codec.hpp"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "connectors/json.hpp"

namespace aftermile::connectors::easypost {

namespace {

using model::Scan;
using model::StatusRow;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view signature_prefix = "hmac-sha256-hex=";
constexpr std::size_t description_bytes_max = 500;
constexpr std::size_t details_max = 10'000;

void report_unknown(ports::Parsed& parsed, std::string code) {
    if (std::ranges::find(parsed.unknown_codes, code) == parsed.unknown_codes.end()) {
        parsed.unknown_codes.push_back(std::move(code));
    }
}

// What EasyPost's own words mean: the row of both, or of the status where the detail is new.
const StatusRow* find_words(const model::Catalog& catalog, std::string_view status,
                            std::string_view detail, ports::Parsed& parsed) {
    if (const StatusRow* both = catalog.find_status("easypost", status, detail, "")) {
        return both;
    }
    const StatusRow* alone = catalog.find_status("easypost", status, "", "");
    // "arrived_at_destination" has a row for some statuses only; it is no news elsewhere.
    if (alone == nullptr ||
        (!detail.empty() && catalog.find_status("easypost", "delivered", detail, "") == nullptr)) {
        report_unknown(parsed, "easypost/" + std::string(status) + "/" + std::string(detail));
    }
    return alone;
}

// A tracking detail's members, read in one pass: looking up each one reads them all.
struct Detail {
    std::string_view status, status_detail, carrier_code, source, datetime, message, description;
    object location;
    bool has_location = false;
};

Detail read_members(object from) {
    Detail detail;
    const auto texts = std::to_array<std::pair<std::string_view, std::string_view*>>(
        {{"status", &detail.status},
         {"status_detail", &detail.status_detail},
         {"carrier_code", &detail.carrier_code},
         {"source", &detail.source},
         {"datetime", &detail.datetime},
         {"message", &detail.message},
         {"description", &detail.description}});
    for (const auto member : from) {
        if (member.key == "tracking_location") {
            detail.has_location =
                member.value.get_object().get(detail.location) == simdjson::SUCCESS;
            continue;
        }
        const auto known = std::ranges::find(
            texts, member.key, &std::pair<std::string_view, std::string_view*>::first);
        if (known != texts.end() && known->second->empty() && member.value.is_string()) {
            *known->second = member.value.get_string().value_unsafe();
        }
    }
    return detail;
}

void decide_status(const model::Catalog& catalog, const Detail& detail, Scan& scan,
                   ports::Parsed& parsed) {
    const std::string_view status = detail.status;
    const std::string_view detail_word = detail.status_detail;
    const std::string carrier_code = model::normalise_code(detail.carrier_code);
    const StatusRow* own = nullptr;
    if (!carrier_code.empty() && catalog.has_status_table(scan.carrier)) {
        own = catalog.find_status(scan.carrier, "", carrier_code, "");
        if (own == nullptr) {
            report_unknown(parsed, scan.carrier + "/" + carrier_code);
        }
    }
    const StatusRow* words = find_words(catalog, status, detail_word, parsed);
    if (own != nullptr) {
        scan.code = carrier_code;
        model::apply_meaning(scan, own->meaning);
        if (own->meaning.unspecific && words != nullptr &&
            words->meaning.exception != model::Exception::none) {
            scan.exception = words->meaning.exception;
        }
        return;
    }
    scan.code.append("easypost:").append(base::utf8_prefix(status, 40));
    if (!detail_word.empty()) {
        scan.code.append("/").append(base::utf8_prefix(detail_word, 60));
    }
    if (words != nullptr) {
        model::apply_meaning(scan, words->meaning);
    } else {
        scan.flags = static_cast<std::uint8_t>(scan.flags | model::scan_flag::unknown_code);
    }
}

void read_place(object from, model::Place& place) {
    place.city = text_of(from, "city");
    place.region = text_of(from, "state");
    place.postcode = text_of(from, "zip");
    place.country = country_code(text_of(from, "country"));
}

void read_detail(const model::Catalog& catalog, object from, const Scan& common, std::size_t index,
                 ports::Parsed& parsed) {
    const auto skip = [&](std::string_view why) {
        parsed.skipped.push_back("tracking_details/" + std::to_string(index) + ": " +
                                 std::string(why));
    };
    const Detail detail = read_members(from);
    if (detail.status == "error" || detail.source == "ProcessingError") {
        return skip("an error of EasyPost's own, not a scan");
    }
    const auto at = base::parse_time(detail.datetime);
    if (!at) {
        return skip("without a readable time");
    }
    Scan& scan = std::get<Scan>(parsed.inputs.emplace_back(common));
    if (scan.carrier.empty()) {
        scan.carrier = catalog.carrier_id(detail.source);
    }
    scan.written = at->local;
    scan.offset = at->offset;
    scan.date_only = at->date_only;
    if (detail.has_location) {
        read_place(detail.location, scan.place);
    }
    scan.description = base::utf8_prefix(
        detail.message.empty() ? detail.description : detail.message, description_bytes_max);
    decide_status(catalog, detail, scan, parsed);
}

ports::Parsed read_tracker(const model::Catalog& catalog, object tracker) {
    ports::Parsed parsed;
    Scan common;
    common.carrier = catalog.carrier_id(text_of(tracker, "carrier"));
    common.tracking_number = model::normalise_tracking_number(text_of(tracker, "tracking_code"));
    common.source = "easypost";
    common.source_id = text_of(tracker, "id");
    if (truth_of(tracker, "is_return", false)) {
        common.flags = model::scan_flag::return_leg;
    }
    if (common.tracking_number.empty()) {
        parsed.ignored = "The tracker has no tracking code.";
        return parsed;
    }
    array details;
    std::size_t index = 0;
    if (array_of(tracker, "tracking_details", details)) {
        parsed.inputs.reserve(std::min(details.size(), details_max));
        for (const element each : details) {
            object detail;
            if (index >= details_max || each.get_object().get(detail) != simdjson::SUCCESS) {
                parsed.skipped.push_back("tracking_details/" + std::to_string(index) +
                                         ": not an object, or beyond the limit");
                break;
            }
            read_detail(catalog, detail, common, index, parsed);
            ++index;
        }
    }
    if (parsed.inputs.empty()) {
        parsed.ignored = parsed.skipped.empty()
                             ? "The tracker has no tracking details yet."
                             : "No tracking detail is a scan; the first: " + parsed.skipped[0];
    }
    return parsed;
}

}  // namespace

std::string nfkd(std::string_view secret) {
    const bool plain =
        std::ranges::all_of(secret, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (plain || !base::is_utf8(secret)) {
        return std::string(secret);
    }
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKDInstance(status);
    if (U_FAILURE(status)) {
        return std::string(secret);
    }
    const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(
        icu::StringPiece(secret.data(), static_cast<std::int32_t>(secret.size())));
    const icu::UnicodeString apart = normalizer->normalize(wide, status);
    std::string out;
    if (U_SUCCESS(status)) {
        apart.toUTF8String(out);
    }
    return out;
}

base::Result<void> Codec::authenticate(const ports::WebhookHeaders& headers, std::string_view body,
                                       const std::vector<std::string>& secrets) const {
    std::string_view given = headers.get("x-hmac-signature");
    if (given.empty()) {
        return base::fail("no_signature", "The header X-Hmac-Signature is missing.");
    }
    if (given.starts_with(signature_prefix)) {
        given.remove_prefix(signature_prefix.size());
    }
    bool good = false;
    if (const auto signature = base::from_hex(given)) {
        for (const auto& secret : secrets) {
            const bool same =
                !secret.empty() &&
                base::constant_time_equal(base::hmac_sha256(nfkd(secret), body), *signature);
            good = good || same;
        }
    }
    if (!good) {
        return base::fail("bad_signature",
                          "The signature does not fit the body and any active secret.");
    }
    return {};
}

base::Result<ports::Parsed> Codec::parse(const ports::WebhookHeaders& /*headers*/,
                                         std::string_view body,
                                         const model::Catalog& catalog) const {
    const auto root = parse_object(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    const std::string_view kind = text_of(*root, "object");
    if (kind == "Tracker") {
        return read_tracker(catalog, *root);
    }
    if (kind != "Event") {
        return base::fail("not_easypost", "The body is neither an Event nor a Tracker.", "/object");
    }
    ports::Parsed parsed;
    const std::string_view description = text_of(*root, "description");
    object tracker;
    if (description != "tracker.created" && description != "tracker.updated") {
        parsed.ignored = "Events of kind \"" + std::string(base::utf8_prefix(description, 60)) +
                         "\" are not acted on.";
    } else if (!object_of(*root, "result", tracker) || text_of(tracker, "object") != "Tracker") {
        parsed.ignored = "The event carries no tracker.";
    } else {
        return read_tracker(catalog, tracker);
    }
    return parsed;
}

}  // namespace aftermile::connectors::easypost
