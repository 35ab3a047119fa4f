// The ids of every record, each its own type.
#pragma once

#include "base/ids.hpp"

namespace aftermile::model {

namespace id_kind {
struct Event {
    static constexpr std::string_view prefix = "evt_";
};
struct Customer {
    static constexpr std::string_view prefix = "cus_";
};
struct Order {
    static constexpr std::string_view prefix = "ord_";
};
struct Shipment {
    static constexpr std::string_view prefix = "shp_";
};
struct Incident {
    static constexpr std::string_view prefix = "inc_";
};
struct Notification {
    static constexpr std::string_view prefix = "ntf_";
};
struct Ticket {
    static constexpr std::string_view prefix = "tkt_";
};
struct Coverage {
    static constexpr std::string_view prefix = "cov_";
};
struct Claim {
    static constexpr std::string_view prefix = "clm_";
};
struct Ledger {
    static constexpr std::string_view prefix = "led_";
};
struct Contribution {
    static constexpr std::string_view prefix = "prf_";
};
struct Risk {
    static constexpr std::string_view prefix = "rsk_";
};
struct Piece {
    static constexpr std::string_view prefix = "pce_";
};
}  // namespace id_kind

using EventId = base::Id<id_kind::Event>;
using CustomerId = base::Id<id_kind::Customer>;
using OrderId = base::Id<id_kind::Order>;
using ShipmentId = base::Id<id_kind::Shipment>;
using IncidentId = base::Id<id_kind::Incident>;
using NotificationId = base::Id<id_kind::Notification>;
using TicketId = base::Id<id_kind::Ticket>;
using CoverageId = base::Id<id_kind::Coverage>;
using ClaimId = base::Id<id_kind::Claim>;
using LedgerId = base::Id<id_kind::Ledger>;
using ContributionId = base::Id<id_kind::Contribution>;
using RiskId = base::Id<id_kind::Risk>;
using PieceId = base::Id<id_kind::Piece>;

// Merchants are numbered from 1 by the installation; mer_ and org_ texts are made from that.
using MerchantNumber = std::uint32_t;

}  // namespace aftermile::model
