#include "core/delivery/digest.hpp"
#include "core/invariants/invariants.hpp"

namespace aftermile::core::invariants {

Broken six_answers(const Facts&, const Decisions& decisions, const model::Event&) {
    for (const Put& put : decisions.puts) {
        const auto* incident = put_of<model::Incident>(put);
        if (incident == nullptr) {
            continue;
        }
        if (incident->answers.size() != model::answer_count) {
            return "The incident has not six answers: " + incident->id.text();
        }
        for (std::size_t i = 0; i < model::answer_count; ++i) {
            const model::Answer& answer = incident->answers[i];
            if (answer.id.empty() == answer.none.empty()) {
                return "The answer " +
                       std::string(base::to_text(static_cast<model::AnswerKind>(i))) + " of " +
                       incident->id.text() + " must be one thing or one reason.";
            }
            if (answer.because.rule.empty()) {
                return "An answer of " + incident->id.text() + " does not say why.";
            }
        }
    }
    return std::nullopt;
}

Broken one_open_incident(const Facts& facts, const Decisions& decisions, const model::Event&) {
    for (const Put& put : decisions.puts) {
        const auto* shipment = put_of<model::Shipment>(put);
        if (shipment == nullptr) {
            continue;
        }
        const model::Shipment* before = facts.shipments.find(shipment->id);
        if (before == nullptr || !before->incident_open || before->incident == shipment->incident) {
            continue;
        }
        return "A second incident would open on " + shipment->id.text() + ".";
    }
    return std::nullopt;
}

Broken delivered_stays(const Facts& facts, const Decisions& decisions, const model::Event& event) {
    const auto* scan = std::get_if<model::Scan>(&event.payload);
    if (scan == nullptr || (scan->flags & model::scan_flag::correction) != 0) {
        return std::nullopt;
    }
    for (const Put& put : decisions.puts) {
        const auto* shipment = put_of<model::Shipment>(put);
        const model::Shipment* before =
            shipment != nullptr ? facts.shipments.find(shipment->id) : nullptr;
        if (before == nullptr || before->track.milestone != model::Milestone::delivered ||
            shipment->track.milestone == model::Milestone::delivered) {
            continue;
        }
        // A backfilled scan from before the delivery may tell that it was the way back, or name a
        // piece that has not arrived yet.
        const bool told_more =
            shipment->track.milestone == model::Milestone::returned ||
            shipment->track.pieces_delivered < before->track.pieces_delivered + 1;
        const auto entries = delivery::unpack(shipment->digest);
        bool other_piece = false, corrected = false;
        for (const auto& entry : entries) {
            other_piece |= entry.piece != entries.front().piece;
            corrected |= (entry.flags & model::scan_flag::correction) != 0;
        }
        if (!(told_more && (other_piece || corrected ||
                            shipment->track.milestone == model::Milestone::returned))) {
            return "A delivered parcel would go back to " +
                   std::string(base::to_text(shipment->track.milestone)) + ": " +
                   shipment->id.text();
        }
    }
    return std::nullopt;
}

}  // namespace aftermile::core::invariants
