#include "surface/api/actions.hpp"

#include "surface/api/idempotency.hpp"

namespace aftermile::surface {
namespace {

using engine::Receipt;
using engine::ReceiptKind;

// One action under way; kept until its reply is sent.
struct Running {
    Context& context;
    Call call;
    std::shared_ptr<const Acting> acting;
    ActionReader read;
    ActionReply reply;
    IdempotencyKey key{};
    bool done_before = false;  // only the reply was missing

    void send(Reply answer) {
        if (done_before) {
            mark_replayed(answer);
        }
        if (key.given()) {
            context.idempotency->end(key);
        }
        call.send(std::move(answer));
    }
    // Keeps the reply under the key, if any, and sends it. On a job's thread.
    void finish(Reply answer) {
        context.idempotency->keep(key, answer);
        send(std::move(answer));
    }
    [[nodiscard]] Reply refusal(const base::Error& error) const {
        return error_reply(call.responder.request_id(), error);
    }
};
using RunningPtr = std::shared_ptr<Running>;

void push(const RunningPtr& running, Jobs::Job job) {
    if (!running->context.jobs->push(std::move(job))) {
        running->call.send_problem(503, "busy",
                                   "Too many requests wait. Send it again in a moment.");
    }
}

bool is_kept(const Receipt& receipt) {
    return receipt.kind == ReceiptKind::accepted || receipt.kind == ReceiptKind::duplicate;
}

base::Error error_of(const Receipt& receipt) {
    base::Error error = receipt.error.value_or(base::Error{
        "storage_unavailable", "Nothing was stored. Send it again.", {}, base::Family::retry});
    if (receipt.kind == ReceiptKind::retry) {
        error.family = base::Family::retry;
    }
    return error;
}

// After the commit.
void answer(const RunningPtr& running, const Receipt& receipt, ports::StoreReader& reader) {
    if (!is_kept(receipt)) {
        running->send(running->refusal(error_of(receipt)));
        return;
    }
    ReadCall call{running->context, reader, *running->call.request, running->call.caller};
    auto body = running->reply(call, receipt);
    if (!body) {
        running->finish(running->refusal(body.error()));
        return;
    }
    running->finish(json_reply(200, std::move(*body)));
}

void submit(const RunningPtr& running, engine::Element element) {
    engine::Submission submission;
    submission.merchant = running->call.caller.merchant;
    submission.elements.push_back(std::move(element));
    if (running->key.given()) {
        submission.repeatable =
            running->key.repeatable(running->call.responder.request_id(), {Receipt{}}, {0});
    }
    submission.reply = [running](std::vector<Receipt> receipts) {
        auto receipt =
            std::make_shared<Receipt>(receipts.empty() ? Receipt{} : std::move(receipts.front()));
        running->context.jobs->push_always(
            [running, receipt](ports::StoreReader& reader) { answer(running, *receipt, reader); });
    };
    if (auto taken = running->context.engine.submit(std::move(submission)); !taken) {
        running->send(running->refusal(taken.error()));
    }
}

void work(const RunningPtr& running, ports::StoreReader& reader) {
    const Request& request = *running->call.request;
    base::Result<base::JsonDocument> document =
        request.body.empty() ? base::JsonDocument::parse("{}") : read_object(request);
    if (!document) {
        running->finish(running->refusal(document.error()));
        return;
    }
    ReadCall call{running->context, reader, request, running->call.caller};
    base::Problems problems;
    auto element = running->read(call, document->root(), problems);
    if (!problems.empty()) {
        running->finish(invalid_reply(running->call.responder.request_id(), problems));
    } else if (!element) {
        running->finish(running->refusal(element.error()));
    } else {
        submit(running, std::move(*element));
    }
}

// On a job's thread: the key, then the work.
void start(const RunningPtr& running, ports::StoreReader& reader) {
    auto key = key_of(*running->call.request, running->call.caller.merchant);
    if (!key) {
        running->call.send_error(key.error());
        return;
    }
    if (!key->given()) {
        if (running->acting->key_required) {
            running->call.send_problem(
                422, "idempotency_key_missing", "Money moves here: send an Idempotency-Key.",
                {{"Idempotency-Key", "missing", "This header is required."}});
        } else {
            work(running, reader);
        }
        return;
    }
    auto earlier = running->context.idempotency->begin(*key);
    if (!earlier) {
        running->call.send_error(earlier.error());
        return;
    }
    if (earlier->reply) {
        running->call.send(std::move(*earlier->reply));
        return;
    }
    running->key = std::move(*key);
    if (!earlier->receipts.empty()) {
        running->done_before = true;
        answer(running, earlier->receipts.front(), reader);
    } else {
        work(running, reader);
    }
}

}  // namespace

void add_action(Router& router, Context& context, Acting acting, ActionReader read,
                ActionReply reply) {
    auto shared = std::make_shared<const Acting>(std::move(acting));
    add_operation(
        router, context, {shared->method, shared->pattern, shared->scope, {}, shared->body_max},
        [&context, shared, read = std::move(read), reply = std::move(reply)](Call call) {
            auto running =
                std::make_shared<Running>(Running{context, std::move(call), shared, read, reply});
            push(running, [running](ports::StoreReader& reader) { start(running, reader); });
        });
}

}  // namespace aftermile::surface
