// EasyPost's tracker webhooks. An Event {description, result: Tracker}, or a bare Tracker as its
// API returns it, becomes one scan for each tracking detail: every event carries the whole
// history, so a lost webhook costs nothing. `est_delivery_date` is a carrier's estimate and no
// promise; it is left out.
//
// Who decides what a scan means: the carrier's own code where we know that carrier's table and the
// code (Scan::code is then that code), otherwise EasyPost's status and status_detail (Scan::code
// is "easypost:status/detail"). Where the carrier's code says only that something happened, the
// exception that EasyPost names is taken.
//
// Times: EasyPost writes UTC, but falls back to UTC for local times of details whose place is
// incomplete; the scan keeps the offset as it was written.
#pragma once

#include "ports/connector.hpp"

namespace aftermile::connectors::easypost {

class Codec final : public ports::Connector {
  public:
    [[nodiscard]] std::string_view id() const override { return "easypost"; }
    // Codes: no_signature, bad_signature.
    [[nodiscard]] base::Result<void> authenticate(
        const ports::WebhookHeaders& headers, std::string_view body,
        const std::vector<std::string>& secrets) const override;
    // Codes: bad_json; not_easypost for an object that is neither Event nor Tracker.
    [[nodiscard]] base::Result<ports::Parsed> parse(const ports::WebhookHeaders& headers,
                                                    std::string_view body,
                                                    const model::Catalog& catalog) const override;
};

// The form in which EasyPost keys its HMAC: Unicode NFKD, as UTF-8. Invalid UTF-8 stays as it is.
[[nodiscard]] std::string nfkd(std::string_view secret);

}  // namespace aftermile::connectors::easypost
