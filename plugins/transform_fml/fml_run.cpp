#include "fml_run.h"

#include <algorithm>

namespace fml {

using gateway::Error;
using gateway::Fault;
using gateway::Severity;

void Binding::clear() {
    kind = Kind::none;
    values.clear();
}

void Binding::set(gateway::Node source) {
    kind = Kind::node;
    node = source;
    values.clear();
}

void Binding::set(gateway::Builder::Handle target, const ModelType* of) {
    kind = Kind::target;
    handle = target;
    node = target.node();
    type = of;
    values.clear();
}

void Binding::set(fhirpath::Collection of) {
    kind = Kind::values;
    values = std::move(of);
}

const fhirpath::Collection& Binding::collection() {
    if ((kind == Kind::node || kind == Kind::target) && values.empty())
        values.push_back(fhirpath::Value::of(node));
    return values;
}

Run::Run(const Program& program, const gateway::Document& in, const gateway::Context& context,
         gateway::Report& report, Limits limits)
    : program_(program),
      in_(in),
      context_(context),
      report_(report),
      limits_(limits),
      out_(program.rootName, gateway::TreeLimits{512, limits.nodes}),
      constants_(program.constants.size()),
      constantKnown_(program.constants.size()) {
    environment_.context = &context;
    environment_.resource = environment_.rootResource = in.root();
    environment_.issues = &report.issues;
    environment_.variable = [this](std::string_view name) -> const Collection* {
        for (const auto& [known, slot] : path_->variables)
            if (known == name) return &at(slot, *pathFrame_).collection();
        return nullptr;
    };
}

gateway::Document Run::document() {
    if (program_.rootType) type(out_.root(), program_.rootType);
    Frame& first = frame(*program_.entry);
    at(static_cast<Slot>(program_.entrySource), first).set(in_.root());
    at(static_cast<Slot>(program_.entryTarget), first).set(out_.root(), program_.rootType);
    here_ = in_.root();
    group(*program_.entry, first);
    if (issues_ > limits_.issues) {
        const std::string more = std::to_string(issues_ - limits_.issues);
        report_.issues.add(Severity::error, "",
                           {more + " more issues of this kind", more + " autres constats"});
    }
    out_.prune();
    gateway::Document document = out_.finish();
    if (document.root().children().empty() && !document.root().hasText())
        throw Error(Fault::rejected, in_.root().path(), "the map made nothing of this document");
    return document;
}

Run::Frame& Run::frame(const GroupCode& code) {
    if (depth_ == frames_.size()) frames_.emplace_back();
    Frame& frame = frames_[depth_];
    for (const GroupCode* each = &code; each != nullptr; each = each->extends)
        if (frame.size() < each->slots) frame.resize(each->slots);
    return frame;
}

Binding& Run::at(Slot slot, Frame& frame) {
    if (slot >= 0) return frame[static_cast<std::size_t>(slot)];
    const std::size_t index = constantIndex(slot);
    Binding& constant = constants_[index];
    if (!constantKnown_[index]) {
        constantKnown_[index] = true;
        const PathCode* const path = path_;
        Frame* const around = pathFrame_;
        constant.set(evaluate(*program_.constants[index], frame, {Value::of(in_.root())}));
        path_ = path;
        pathFrame_ = around;
    }
    return constant;
}

bool Run::over() {
    if (stopped_) return true;
    if (++fired_ > limits_.rules)
        stop("stopped: the map ran too many rules", "arrêt : la carte a exécuté trop de règles");
    return stopped_;
}

void Run::stop(const char* en, const char* fr) {
    if (!stopped_) issue(Severity::fatal, {en, fr});
    stopped_ = true;
}

void Run::issue(Severity severity, gateway::Reason text) {
    if (++issues_ > limits_.issues && severity != Severity::fatal) return;
    report_.issues.add(severity, here_.path(), std::move(text), rule_ ? rule_->where : "");
}

void Run::failed(const Error& error) {
    if (error.fault == Fault::malformed && nodes_ + 1 >= limits_.nodes)
        return stop("stopped: the result is too large", "arrêt : le résultat est trop grand");
    issue(Severity::error, {error.what(), std::string("la règle a échoué : ") + error.what()});
}

void Run::group(const GroupCode& code, Frame& frame) {
    if (code.extends) group(*code.extends, frame);
    for (const RuleCode& rule : code.rules) {
        if (stopped_) return;
        this->rule(rule, frame);
    }
}

void Run::rule(const RuleCode& code, Frame& frame) {
    const RuleCode* const around = rule_;
    const Node where = here_;
    rule_ = &code;
    source(code, 0, frame);
    rule_ = around;
    here_ = where;
}

/// Binds the items of one source, one after the other; with several sources each combination fires.
void Run::source(const RuleCode& code, std::size_t index, Frame& frame) {
    if (index == code.sources.size()) return fire(code, frame);
    const SourceCode& source = code.sources[index];
    if (source.context == kNoSlot) return;
    const Node where = here_;
    std::vector<Value> items;
    try {
        gather(source, frame, items);
        if (items.empty() && source.otherwise)
            items = evaluate(*source.otherwise, frame, {Value::of(here_)});
    } catch (const Error& error) {
        return failed(error);
    }
    if (source.count &&
        (items.size() < source.count->first || items.size() > source.count->second)) {
        const std::string found = std::to_string(items.size());
        return issue(Severity::error, {"found " + found + " times, which the rule does not allow",
                                       "trouvé " + found + " fois, ce que la règle ne permet pas"});
    }
    const auto bind = [&](Value& item) {
        if (item.node()) here_ = item.node();
        Binding& variable = at(source.slot, frame);
        if (item.node())
            variable.set(item.node());
        else
            variable.set(Collection{item});
    };
    if (source.list != ListMode::all) {
        std::erase_if(items, [&](Value& item) {
            bind(item);
            return !passes(code, source, frame);
        });
        if (source.list == ListMode::onlyOne && items.size() > 1) {
            const std::string found = std::to_string(items.size());
            return issue(Severity::error, {"found " + found + " times, expected only one",
                                           "trouvé " + found + " fois, une seule attendue"});
        }
        applyList(code, source.list, items);
    }
    for (Value& item : items) {
        if (over()) break;
        bind(item);
        if (source.list != ListMode::all || passes(code, source, frame))
            this->source(code, index + 1, frame);
        here_ = where;
    }
    here_ = where;
}

void Run::gather(const SourceCode& code, Frame& frame, std::vector<Value>& items) {
    Binding& context = at(code.context, frame);
    if (context.kind == Binding::Kind::values) {
        for (const Value& value : context.values) {
            if (value.node())
                steps(code, value.node(), 0, items);
            else if (code.steps.empty())
                items.push_back(value);
        }
    } else if (context.kind != Binding::Kind::none) {
        steps(code, context.node, 0, items);
    }
}

void Run::steps(const SourceCode& code, Node from, std::size_t step, std::vector<Value>& items) {
    static const Name kValue = Name::permanent("value");
    if (step == code.steps.size()) {
        // Null and an empty array are as absent. What has no type cannot be told apart by type.
        if (from.isNull() || (from.kind() == gateway::Kind::list && from.children().empty()))
            return;
        if (!code.type.empty() && !from.type().empty() && !(from.typeOf() == code.type) &&
            !(code.modelType && code.modelType->abstract))
            return;
        items.push_back(Value::of(from));
        return;
    }
    const Name wanted = code.steps[step];
    bool any = false;
    for (const Node child : from.children()) {
        if (!(child.nameOf() == wanted)) continue;
        any = true;
        steps(code, child, step + 1, items);
    }
    // R3 and R4 name the text of a primitive 'value'.
    if (!any && from.hasText() && wanted == kValue) steps(code, from, step + 1, items);
}

bool Run::passes(const RuleCode& rule, const SourceCode& code, Frame& frame) {
    if (code.where == nullptr && code.check == nullptr && code.log.empty()) return true;
    Binding& item = at(code.slot, frame);
    const Value focus = item.collection().empty() ? Value() : item.collection().front();
    try {
        if (code.where && !holds(*code.where, frame, focus)) return false;
        if (code.check && !holds(*code.check, frame, focus)) {
            // The text of the source's log, or the rule's name, tells people what is wrong.
            gateway::Reason reason = !code.log.empty()    ? code.log
                                     : !rule.name.empty() ? rule.name
                                                          : gateway::Reason{};
            if (reason.empty()) reason = {"a check failed", "un contrôle a échoué"};
            issue(Severity::error, std::move(reason));
            return false;
        }
    } catch (const Error& error) {
        failed(error);
        return false;
    }
    if (!code.log.empty() && code.check == nullptr) issue(Severity::information, code.log);
    return true;
}

void Run::applyList(const RuleCode&, ListMode mode, std::vector<Value>& items) {
    if (items.empty()) return;
    switch (mode) {
        case ListMode::first: items.resize(1); break;
        case ListMode::notFirst: items.erase(items.begin()); break;
        case ListMode::last: items.erase(items.begin(), items.end() - 1); break;
        case ListMode::notLast: items.pop_back(); break;
        default: break;
    }
}

void Run::fire(const RuleCode& code, Frame& frame) {
    if (code.simple) return simple(code, frame);
    for (const TargetCode& target : code.targets) {
        if (stopped_) return;
        if (target.slot != kNoSlot) at(target.slot, frame).clear();
        try {
            this->target(target, frame);
        } catch (const Error& error) {
            failed(error);
        }
    }
    for (const CallCode& call : code.calls) this->call(call, frame);
    for (const RuleCode& inner : code.rules) {
        if (stopped_) return;
        rule(inner, frame);
    }
}

/// `src.a -> tgt.b`: by the default group for both types, else a copy.
void Run::simple(const RuleCode& code, Frame& frame) {
    const TargetCode& target = code.targets.front();
    const Binding context = at(target.context, frame);
    if (context.kind != Binding::Kind::target) return;
    Binding& item = at(code.sources.front().slot, frame);
    try {
        const ElementRef ref = resolve(target, context.type);
        const DefaultGroup* const standard =
            item.kind == Binding::Kind::node ? defaultFor(item.node.typeOf(), ref) : nullptr;
        const ModelType* made = nullptr;
        if (standard == nullptr) {
            for (const Value& value : Collection(item.collection()))
                assign(target, context.handle, ref, value, made);
            return;
        }
        const Handle node = placed(target, context.handle, ref);
        type(node, standard->targetType ? standard->targetType : ref.type);
        if (depth_ + 1 >= limits_.depth)
            return stop("stopped: groups call each other too deep",
                        "arrêt : les groupes s'appellent trop profondément");
        ++depth_;
        Frame& inner = this->frame(*standard->group);
        bool source = false, done = false;
        for (std::size_t i = 0; i < standard->group->inputs.size(); ++i) {
            inner[i].clear();
            bool& given = standard->group->inputs[i].target ? done : source;
            if (given) continue;
            given = true;
            if (standard->group->inputs[i].target)
                inner[i].set(node, standard->targetType ? standard->targetType : ref.type);
            else
                inner[i].set(item.node);
        }
        group(*standard->group, inner);
        --depth_;
    } catch (const Error& error) {
        failed(error);
    }
}

const DefaultGroup* Run::defaultFor(Name source, const ElementRef& ref) const {
    if (source.empty()) return nullptr;
    const DefaultGroup* byType = nullptr;
    for (const DefaultGroup& group : program_.defaults) {
        if (!(group.source == source)) continue;
        if (ref.type && group.target == ref.type->name) return &group;
        if (group.typeAlone && byType == nullptr &&
            (ref.element == nullptr || group.targetType == nullptr ||
             allows(*ref.element, *group.targetType)))
            byType = &group;
    }
    return byType;
}

void Run::call(const CallCode& code, Frame& frame) {
    if (stopped_) return;
    if (depth_ + 1 >= limits_.depth)
        return stop("stopped: groups call each other too deep",
                    "arrêt : les groupes s'appellent trop profondément");
    ++depth_;
    Frame& inner = this->frame(*code.group);
    bool ready = true;
    try {
        for (std::size_t i = 0; ready && i < code.parameters.size(); ++i) {
            const ParameterCode& given = code.parameters[i];
            if (given.kind != ParameterCode::Kind::variable) {
                Collection values = of(given, frame, here_);
                ready = !values.empty();
                inner[i].set(std::move(values));
                continue;
            }
            const Binding& variable = at(given.slot, frame);
            // What was not found or not made has nothing to be worked on.
            ready = variable.kind != Binding::Kind::none;
            inner[i] = variable;
        }
    } catch (const Error& error) {
        failed(error);
        ready = false;
    }
    if (ready) group(*code.group, inner);
    --depth_;
}

}  // namespace fml
