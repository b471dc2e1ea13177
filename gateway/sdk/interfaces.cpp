/// Destructors and defaults of the SDK's interfaces: their vtables live here, once for host and
/// plugins.
#include "gateway/codec.h"
#include "gateway/deferred.h"
#include "gateway/directory.h"
#include "gateway/log.h"
#include "gateway/mailbox.h"
#include "gateway/model.h"
#include "gateway/notebook.h"
#include "gateway/plugin.h"
#include "gateway/policy.h"
#include "gateway/register.h"
#include "gateway/store.h"
#include "gateway/trail.h"
#include "gateway/transformer.h"
#include "gateway/transport.h"

namespace gateway {

Checker::~Checker() = default;
Codec::~Codec() = default;
std::vector<Span> Codec::split(const Bytes& body, Issues&) const {
    return {Span{0, static_cast<std::uint32_t>(body.size())}};
}
std::string Codec::controlIdOf(const Document&) const { return {}; }
const Model* Codec::model() const { return nullptr; }
const Checker* Codec::checker() const { return nullptr; }
std::string Codec::mediaType() const { return "application/octet-stream"; }
std::string Codec::extension() const { return "bin"; }
bool Codec::structural(Node) const { return false; }

Model::~Model() = default;
const ModelElement* ModelType::element(Name wanted) const {
    for (const ModelElement& element : elements)
        if (element.name == wanted) return &element;
    return nullptr;
}
const ModelElement* ModelType::byAlias(std::string_view alias) const {
    for (const ModelElement& element : elements)
        if (element.alias == alias) return &element;
    return nullptr;
}
bool ModelType::isA(Name other) const {
    for (const ModelType* type = this; type != nullptr; type = type->base)
        if (type->name == other) return true;
    return false;
}

Transformer::~Transformer() = default;
const std::vector<MapPart>& Transformer::parts() const {
    static const std::vector<MapPart> none;
    return none;
}
const MapFacts& Transformer::facts() const {
    static const MapFacts none;
    return none;
}
Expression::~Expression() = default;

std::vector<ExpressionResult> Expression::results(const Document& in, const Context& with,
                                                  Issues&) const {
    std::vector<ExpressionResult> all;
    for (std::string& text : texts(in, with)) all.push_back({{}, {}, std::move(text)});
    return all;
}

CommandHost::~CommandHost() = default;
MapLanguage::~MapLanguage() = default;
bool MapLanguage::overrides(const std::string&, const MapSurroundings&) const { return false; }

std::vector<std::string> MapLanguage::maps(const std::string&) const { return {}; }
Directory::~Directory() = default;
Register::~Register() = default;
std::vector<RegisterEntry> Register::known(std::string_view, std::size_t, std::string_view) const {
    return {};
}
std::vector<RegisterEntry> Register::ofNetwork(std::string_view, std::size_t,
                                               std::string_view) const {
    return {};
}
std::vector<Register::Waiting> Register::waiting(std::string_view) const { return {}; }
Policy::~Policy() = default;
std::vector<DueMessage> Policy::due(Time, const Register&, std::size_t) const { return {}; }
std::optional<std::string> Policy::answer(std::string_view, const Asked&, const Answering&) const {
    return {};
}
Answering::~Answering() = default;
Log::~Log() = default;
Inbox::~Inbox() = default;
Accepted Inbox::examine(const Arrival&) {
    Accepted accepted;
    accepted.messages.emplace_back().error.emplace(
        Fault::unsupported, "", Reason{"examining is not offered", "l'examen n'est pas proposé"});
    return accepted;
}
Access::~Access() = default;
Trail::~Trail() = default;
Mailboxes::~Mailboxes() = default;
Notebook::~Notebook() = default;
Gateway::~Gateway() = default;
Source::~Source() = default;
void Source::refresh(Findings&) {}
std::vector<Certificate> Source::certificates() const { return {}; }
AnswerWriter::~AnswerWriter() = default;
std::shared_ptr<const AnswerWriter> Listener::answerWriter() const { return nullptr; }
Destination::~Destination() = default;
void Destination::start(Gateway&) {}
std::optional<Offering> Destination::offers() const { return std::nullopt; }
std::vector<Certificate> Destination::certificates() const { return {}; }
Sender::~Sender() = default;
Store::~Store() = default;

namespace {

[[noreturn]] void notOffered() {
    throw Error(Fault::unsupported, "store",
                {"this store does not offer that", "cette base ne le propose pas"});
}

}  // namespace

void Store::pause(const Pause&) { notOffered(); }
void Store::resume(std::string_view, std::string_view) { notOffered(); }
std::vector<Pause> Store::pauses() { return {}; }
std::size_t Store::purge(Time, std::span<const Keep>, std::size_t) { return 0; }
std::vector<std::optional<Reason>> Store::retranslate(std::span<const std::string>,
                                                      std::string_view) {
    notOffered();
}
std::vector<Refusal> Store::refusals(const RefusalFilter&) { return {}; }
std::vector<PastPause> Store::pastPauses(std::size_t) { return {}; }
std::size_t Store::purgeRefusals(Time, std::size_t) { return 0; }
void Store::backup(const std::string&) { notOffered(); }
std::vector<std::pair<std::string, Reason>> Store::check() { notOffered(); }
Vitals Store::vitals() { return {}; }
std::optional<Reconciled> Store::reconcile() { return std::nullopt; }
std::vector<Settled> Store::offer(std::span<const OfferedClaim>) { notOffered(); }
std::vector<OfferedDelivery> Store::offered(std::string_view, std::string_view, std::size_t) {
    return {};
}
std::vector<std::optional<Reason>> Store::pickedUp(std::span<const PickUp>) { notOffered(); }
std::size_t Store::expire(Time, std::span<const std::string>, std::size_t) { return 0; }
void Store::refresh() {}
Registry::~Registry() = default;

Refused::Refused(std::string place, const Reason& what, Answer words)
    : Error(Fault::rejected, std::move(place), what), answer(std::move(words)) {}
Refused::~Refused() = default;
Later::Later(std::string place, const Reason& what, Milliseconds wait)
    : Error(Fault::unavailable, std::move(place), what), after(wait) {}
Later::~Later() = default;

Deferred::Deferred(std::string place, const Reason& what, Milliseconds wait, Answer words)
    : Later(std::move(place), what, wait), answer(std::move(words)) {}
Deferred::~Deferred() = default;

namespace {

class NobodyKnown final : public Access {
public:
    Who who(const Shown&) const override { return {}; }
    std::optional<Reason> refuses(const Who&, const Wanted&) const override {
        return Reason{"nobody is allowed anything here", "personne n'a de droit ici"};
    }
};

[[noreturn]] void notOfGateway(std::string what) {
    throw Error(Fault::unsupported, std::move(what),
                {"this gateway does not offer that", "cette passerelle ne le propose pas"});
}

}  // namespace

std::shared_ptr<const Access> Gateway::access() { return std::make_shared<NobodyKnown>(); }
Trail& Gateway::trail() { notOfGateway("audit"); }
Mailboxes& Gateway::mailboxes() { notOfGateway("mailboxes"); }
Notebook& Gateway::notebook() { notOfGateway("notebook"); }
const Register& Gateway::plans() { notOfGateway("register"); }
std::optional<MessageView> Gateway::message(const std::string&) { notOfGateway("messages"); }

}  // namespace gateway
