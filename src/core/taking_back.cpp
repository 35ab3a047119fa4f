#include <algorithm>

#include "core/audit/carrier_claim.hpp"
#include "core/claims.hpp"
#include "core/delivery/answers.hpp"
#include "core/learning/lanes.hpp"
#include "core/protection/cover.hpp"
#include "core/six_answers.hpp"

namespace aftermile::core {

using model::AnswerKind;
using model::Exception;
using model::IncidentException;

namespace {

// A parcel that came late did come late: its guarantee stays owed. One that was found is not lost
// any more, and what never was is owed by nobody.
void withdraw_claims(Draft& draft, const Case& about, const Movement& moved) {
    const model::Incident& incident = *draft.look(about.incident);
    const auto open_ground = [&](model::ClaimGround ground) {
        return std::ranges::any_of(incident.exceptions, [&](const IncidentException& each) {
            return is_open(each) && ground_of(each.kind) == ground;
        });
    };
    std::vector<model::ClaimGround> gone;
    for (const Exception kind : moved.cleared) {
        const auto ground = ground_of(kind);
        if (ground == model::ClaimGround::loss && !open_ground(*ground)) {
            gone.push_back(*ground);
        }
    }
    for (const Exception kind : moved.refuted) {
        const auto ground = ground_of(kind);
        if (ground && !open_ground(*ground)) {
            gone.push_back(*ground);
        }
    }
    audit::withdraw_carrier_claims(draft, about.shipment, gone, "its cause is gone");
    protection::withdraw_customer_claims(draft, about.shipment, gone);
}

void count_back(Draft& draft, const Case& about, const Movement& moved) {
    const auto& counted = answer_in(*draft.look(about.incident), AnswerKind::performance);
    std::vector<std::string> ids{counted.id};
    for (const auto& earlier : counted.history) {
        ids.push_back(earlier.id);
    }
    for (const std::string& text : ids) {
        const auto id = model::ContributionId::parse(text);
        const model::Contribution* made = id ? draft.look(*id) : nullptr;
        if (made != nullptr &&
            std::ranges::find(moved.refuted, made->exception) != moved.refuted.end()) {
            learning::retract(draft, *id);
        }
    }
}

// Messages about what is gone: all of them when nothing stands open any more. True if one had
// been sent.
bool drop_messages(Draft& draft, const Case& about, const Movement& moved) {
    auto told = draft.look(about.incident)->told;
    if (about.open) {
        std::erase_if(told, [&](const model::Told& each) {
            const auto is = [&](Exception kind) { return each.variant == base::to_text(kind); };
            return std::ranges::none_of(moved.refuted, is) &&
                   std::ranges::none_of(moved.cleared, is);
        });
    }
    return delivery::retract_messages(draft, told);
}

// What was sent and is false is put right once.
void correct(Draft& draft, const Case& about) {
    const model::Shipment* shipment = draft.look(about.shipment);
    if (!about.refuted || shipment == nullptr || shipment->track.delivered_at) {
        return;
    }
    model::Incident& mine = draft.edit(about.incident);
    if (delivery::is_told(mine.told, model::NotificationKind::in_transit, "correction")) {
        return;
    }
    (void)delivery::tell(
        draft,
        {.kind = model::NotificationKind::in_transit,
         .variant = "correction",
         .shipment = about.shipment,
         .order = about.order,
         .incident = about.incident,
         .message_fields = delivery::common_fields(draft, about.order, about.shipment),
         .rule = "delivery.told.correction",
         .policy_row = model::NotificationKind::delayed_revised_eta},
        mine.told);
}

}  // namespace

void take_back(Draft& draft, const Case& about, const Movement& moved) {
    withdraw_claims(draft, about, moved);
    count_back(draft, about, moved);
    const bool sent_is_false = drop_messages(draft, about, moved);
    const bool needs_nobody =
        !about.open ||
        delivery::severity_of(draft.policy(), about.kind).severity < draft.policy().ticket_from;
    const auto ticket =
        model::TicketId::parse(answer_in(*draft.look(about.incident), AnswerKind::ticket).id);
    if (ticket && needs_nobody) {
        delivery::settle_ticket(draft, *ticket,
                                about.refuted ? "What this was about never was: the carrier's "
                                                "record was completed."
                                              : "What this was about has settled by itself.");
    }
    if (sent_is_false) {
        correct(draft, about);
    }
}

}  // namespace aftermile::core
