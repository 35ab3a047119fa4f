#include "surface/api/actions.hpp"

#include <fmt/format.h>

#include "base/crypto.hpp"
#include "base/text.hpp"
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
    std::string key_name, body_hash;  // empty: no Idempotency-Key

    // Stores the reply under the key, if any, and sends it. On a job's thread.
    void finish(Reply answer) {
        if (!key_name.empty()) {
            context.idempotency->finish(key_name, body_hash, call.caller.merchant, answer);
        }
        call.send(std::move(answer));
    }
    void fail(const base::Error& error) { finish(error_reply(call.responder.request_id(), error)); }
};
using RunningPtr = std::shared_ptr<Running>;

void push(const RunningPtr& running, Jobs::Job job) {
    if (!running->context.jobs->push(std::move(job))) {
        running->call.send_problem(503, "busy",
                                   "Too many requests wait. Send it again in a moment.");
    }
}

// After the commit.
void answer(const RunningPtr& running, const Receipt& receipt, ports::StoreReader& reader) {
    const bool kept =
        receipt.kind == ReceiptKind::accepted || receipt.kind == ReceiptKind::duplicate;
    if (!kept) {
        base::Error error = receipt.error.value_or(base::Error{
            "storage_unavailable", "Nothing was stored. Send it again.", {}, base::Family::retry});
        if (receipt.kind == ReceiptKind::retry) {
            error.family = base::Family::retry;
        }
        running->fail(error);
        return;
    }
    ReadCall call{running->context, reader, *running->call.request, running->call.caller};
    auto body = running->reply(call, receipt);
    if (!body) {
        running->fail(body.error());
        return;
    }
    running->finish(json_reply(200, std::move(*body)));
}

void submit(const RunningPtr& running, engine::Element element) {
    engine::Submission submission;
    submission.merchant = running->call.caller.merchant;
    submission.elements.push_back(std::move(element));
    submission.reply = [running](std::vector<Receipt> receipts) {
        auto receipt =
            std::make_shared<Receipt>(receipts.empty() ? Receipt{} : std::move(receipts.front()));
        running->context.jobs->push_always(
            [running, receipt](ports::StoreReader& reader) { answer(running, *receipt, reader); });
    };
    if (auto taken = running->context.engine.submit(std::move(submission)); !taken) {
        running->fail(taken.error());
    }
}

// On a job's thread: the key, the body, the element.
void start(const RunningPtr& running, ports::StoreReader& reader) {
    const Request& request = *running->call.request;
    if (const auto key = request.header("idempotency-key")) {
        if (key->empty() || key->size() > idempotency_key_max) {
            running->call.send_problem(400, "bad_parameter",
                                       "Idempotency-Key has 1 to 255 characters.");
            return;
        }
        const std::string name = fmt::format("{}/{}", running->call.caller.merchant, *key);
        const std::string hash = base::to_hex(base::sha256(request.path + "\n" + request.body));
        auto begun = running->context.idempotency->begin(name, hash, running->call.caller.merchant);
        if (!begun) {
            running->call.send_error(begun.error());
            return;
        }
        if (*begun) {
            running->call.send(std::move(**begun));
            return;
        }
        running->key_name = name;
        running->body_hash = hash;
    } else if (running->acting->key_required) {
        running->call.send_problem(422, "idempotency_key_missing",
                                   "Money moves here: send an Idempotency-Key.",
                                   {{"Idempotency-Key", "missing", "This header is required."}});
        return;
    }
    base::Result<base::JsonDocument> document =
        request.body.empty() ? base::JsonDocument::parse("{}") : read_object(request);
    if (!document) {
        running->fail(document.error());
        return;
    }
    ReadCall call{running->context, reader, request, running->call.caller};
    base::Problems problems;
    auto element = running->read(call, document->root(), problems);
    if (!problems.empty()) {
        running->finish(invalid_reply(running->call.responder.request_id(), problems));
    } else if (!element) {
        running->fail(element.error());
    } else {
        submit(running, std::move(*element));
    }
}

}  // namespace

void add_action(Router& router, Context& context, Acting acting, ActionReader read,
                ActionReply reply) {
    auto shared = std::make_shared<const Acting>(std::move(acting));
    add_operation(
        router, context, {shared->method, shared->pattern, shared->scope, {}, shared->body_max},
        [&context, shared, read = std::move(read), reply = std::move(reply)](Call call) {
            auto running = std::make_shared<Running>(
                Running{context, std::move(call), shared, read, reply, {}, {}});
            push(running, [running](ports::StoreReader& reader) { start(running, reader); });
        });
}

}  // namespace aftermile::surface
