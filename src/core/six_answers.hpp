// The six answers of an incident together: given when something moves it, and taken back as far as
// they can be when it turns out that nothing had.
#pragma once

#include <vector>

#include "core/case.hpp"

namespace aftermile::core {

// What happened to one incident in one decision.
struct Movement {
    std::vector<model::Exception> opened, cleared, refuted;
};

[[nodiscard]] inline bool is_open(const model::IncidentException& each) {
    return !each.cleared_at && !each.retracted;
}

// The incident as the layers see it.
[[nodiscard]] Case case_of(Draft& draft, const model::Incident& incident);

[[nodiscard]] const model::Answer& answer_in(const model::Incident& incident,
                                             model::AnswerKind kind);

// Sets one of the six; a different earlier one goes to its history.
void set_answer(model::Incident& incident, model::AnswerKind kind, model::Answer answer);

// All six, in the order in which they need each other.
void answer_all(Draft& draft, const Case& about, const Movement& moved);

// What had been decided for exceptions that are gone: unfiled claims withdrawn, contributions
// counted back, unsent messages dropped, a sent and now false one put right once, the ticket
// settled.
void take_back(Draft& draft, const Case& about, const Movement& moved);

}  // namespace aftermile::core
