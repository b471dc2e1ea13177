#include "fml_run.h"

#include <algorithm>
#include <limits>

#include "fhirpath_machine.h"

namespace fml {

using gateway::Error;
using gateway::Fault;
using gateway::Reason;
using gateway::say;
using gateway::Severity;

void Binding::set(const Binding& other) {
    kind = other.kind;
    node = other.node;
    handle = other.handle;
    type = other.type;
    from = other.from;
    if (kind == Kind::values)
        values = other.values;
    else
        values.clear();
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
      constantKnown_(program.constants.size()),
      stepsLeft_(limits.allSteps) {
    environment_.context = &context;
    environment_.resource = environment_.rootResource = in.root();
    environment_.issues = &report.issues;
    environment_.steps = limits.steps;
    environment_.budget = &stepsLeft_;
    environment_.variable = [this](std::string_view, std::size_t ordinal) -> const Collection* {
        const Slot slot = path_->variables[ordinal];
        if (slot == kNoSlot) return nullptr;
        Binding& variable = at(slot, *pathFrame_);
        if (explain_) explain_->give(variable.from);
        return &variable.collection();
    };
    if (report.explanation) explain(*report.explanation);
}

gateway::Document Run::document() {
    if (program_.entry == nullptr)
        throw Error(
            Fault::rejected, program_.facts.file,
            {"only other maps use this one: its first group takes more than a source and a "
             "target",
             "seules d'autres transformations utilisent celle-ci : son premier groupe prend "
             "plus qu'une source et une cible"});
    if (program_.rootType) type(out_.root(), program_.rootType);
    Frame& first = frame(*program_.entry);
    at(static_cast<Slot>(program_.entrySource), first).set(in_.root());
    at(static_cast<Slot>(program_.entryTarget), first).set(out_.root(), program_.rootType);
    here_ = in_.root();
    group(*program_.entry, first);
    if (issues_ > limits_.issues)
        report_.issues.add(Severity::error, "",
                           say("{0} more issues of this kind", "{0} autres constats de ce genre",
                               {std::to_string(issues_ - limits_.issues)}));
    order_.arrange();
    out_.prune();
    gateway::Document document = out_.finish();
    if (explain_) explain_->finish(document.root());
    // Where errors hold the result, they are the reason why there is none.
    if (document.root().children().empty() && !document.root().hasText() && !holds())
        throw Error(Fault::rejected, in_.root().path(),
                    {"the map made nothing of this document",
                     "la transformation n'a rien fait de ce document"});
    return document;
}

bool Run::holds() const {
    const Severity worst = report_.issues.worst();
    return worst == Severity::fatal ||
           (worst == Severity::error && !program_.facts.deliversWithErrors);
}

Run::Frame& Run::frame(const GroupCode& code) {
    if (depth_ == frames_.size()) frames_.emplace_back();
    Frame& frame = frames_[depth_];
    for (const GroupCode* each = &code; each != nullptr; each = each->extends)
        if (frame.size() < each->slots) frame.resize(each->slots);
    return frame;
}

Binding& Run::constant(Slot slot, Frame& frame) {
    const std::size_t index = constantIndex(slot);
    Binding& constant = constants_[index];
    if (!constantKnown_[index]) {
        const PathCode* const path = path_;
        Frame* const around = pathFrame_;
        constant.set(evaluate(*program_.constants[index], frame, {Value::of(in_.root())}));
        constantKnown_[index] = true;
        path_ = path;
        pathFrame_ = around;
    }
    return constant;
}

bool Run::over() {
    if (stopped_) return true;
    if (++fired_ > limits_.rules || seen_ > limits_.children)
        stop("stopped: the map ran too many rules",
             "arrêt : la transformation a exécuté trop de règles");
    return stopped_;
}

void Run::stop(const char* en, const char* fr) {
    if (!stopped_) issue(Severity::fatal, {en, fr});
    stopped_ = true;
}

void Run::issue(Severity severity, gateway::Reason text) {
    if (issues_ >= limits_.issues && severity != Severity::fatal) {
        ++issues_;  // without its place, which takes time to spell
        return;
    }
    std::string where = here_.path();
    if (wasTold(severity, where, text)) return;
    ++issues_;
    report_.issues.add(severity, std::move(where), std::move(text), rule_ ? rule_->where : "");
}

/// One value may become several: what is wrong with it is said once.
bool Run::wasTold(Severity severity, const std::string& where, const gateway::Reason& text) const {
    const std::vector<gateway::Issue>& all = report_.issues.all();
    const std::size_t near = std::min<std::size_t>(all.size(), 8);
    return std::any_of(
        all.end() - static_cast<std::ptrdiff_t>(near), all.end(), [&](const gateway::Issue& one) {
            return one.severity == severity && one.where == where && one.text.en == text.en;
        });
}

void Run::failed(const Error& error) {
    if (explain_) explain_->dropped();
    // The Builder's own bound.
    if (error.fault == Fault::malformed)
        return stop("stopped: the result is too large", "arrêt : le résultat est trop grand");
    if (stepsLeft_ == 0)
        return stop("stopped: the expressions of the map take too many steps",
                    "arrêt : les expressions de la transformation demandent trop d'étapes");
    Reason text = error.reason();
    if (text.fr.empty()) text.fr = "la règle a échoué : " + text.en;
    issue(Severity::error, std::move(text));
}

void Run::spend(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > limits_.bytes)
        throw Error(Fault::malformed, "",
                    {"the result is too large", "le résultat est trop grand"});
}

/// Whether a group may be called here; the caller gives the depth back.
bool Run::deeper() {
    if (depth_ + 1 < limits_.depth) {
        ++depth_;
        return true;
    }
    stop("stopped: groups call each other too deep",
         "arrêt : les groupes s'appellent trop profondément");
    return false;
}

void Run::group(const GroupCode& code, Frame& frame) {
    if (code.extends) code.order.empty() ? group(*code.extends, frame) : inherited(code, frame);
    for (const RuleCode& rule : code.rules) {
        if (stopped_) return;
        this->rule(rule, frame);
    }
}

/// The rules of what it extends, whose parameters stand in another order.
void Run::inherited(const GroupCode& code, Frame& frame) {
    if (!deeper()) return;
    Frame& inner = this->frame(*code.extends);
    for (std::size_t i = 0; i < code.order.size(); ++i) inner[i].set(frame[code.order[i]]);
    group(*code.extends, inner);
    --depth_;
}

void Run::rule(const RuleCode& code, Frame& frame) {
    const RuleCode* const around = rule_;
    const Node where = here_;
    rule_ = &code;
    if (code.sources.empty())
        fire(code, frame);
    else
        source(code, 0, frame);
    rule_ = around;
    here_ = where;
}

/// Binds the items of one source, one after the other; with several sources each combination fires.
void Run::source(const RuleCode& code, std::size_t index, Frame& frame) {
    const SourceCode& source = code.sources[index];
    const Node where = here_;
    const std::size_t begin = items_.size();
    try {
        gather(source, frame);
        if (items_.size() == begin && source.otherwise)
            otherwise(code, index, frame);
        else if (items_.size() > begin || source.count)
            each(code, index, begin, frame);
    } catch (const Error& error) {
        failed(error);
    }
    items_.resize(begin);
    here_ = where;
}

/// The default of a source, where it finds nothing.
void Run::otherwise(const RuleCode& code, std::size_t index, Frame& frame) {
    const std::size_t begin = items_.size();
    const Collection values = evaluate(*code.sources[index].otherwise, frame, {Value::of(here_)});
    for (const Value& value : values) items_.push_back({value.node(), &value});
    each(code, index, begin, frame);
}

/// Runs what follows with each item found since `begin`.
void Run::each(const RuleCode& code, std::size_t index, std::size_t begin, Frame& frame) {
    const SourceCode& source = code.sources[index];
    if (!selected(code, source, begin, frame)) return;
    const Node where = here_;
    const std::size_t end = items_.size();
    for (std::size_t i = begin; i < end && !over(); ++i) {
        bind(source, items_[i], frame);
        if (source.list != ListMode::all || passes(code, source, frame)) {
            if (index + 1 < code.sources.size())
                this->source(code, index + 1, frame);
            else
                fire(code, frame);
        }
        here_ = where;
    }
}

void Run::bind(const SourceCode& code, const Item& item, Frame& frame) {
    Binding& variable = at(code.slot, frame);
    if (item.node) {
        here_ = item.node;
        variable.set(item.node);
    } else {
        variable.set(Collection{*item.value});
        if (explain_) variable.from = at(code.context, frame).from;
    }
}

namespace {

/// What the rule looks for, as people know it: 'name.family'.
Reason sourceName(const SourceCode& code) {
    if (code.steps.empty()) return {"the source", "la source"};
    std::string path;
    for (const SourceStep& step : code.steps)
        path += (path.empty() ? "" : ".") + std::string(step.name.text());
    return {"'" + path + "'", "« " + path + " »"};
}

}  // namespace

/// Counts the items, and with a list mode keeps those that it picks; false when the rule must not
/// run.
bool Run::selected(const RuleCode& rule, const SourceCode& code, std::size_t begin, Frame& frame) {
    const auto found = [&] { return items_.size() - begin; };
    if (code.count && (found() < code.count->first || found() > code.count->second)) {
        const auto [least, most] = *code.count;
        const bool open = most == std::numeric_limits<unsigned>::max();
        issue(Severity::error,
              say("found {0} {1} times, expected {2}..{3}", "trouvé {0} {1} fois, attendu {2}..{3}",
                  {sourceName(code), std::to_string(found()), std::to_string(least),
                   open ? "*" : std::to_string(most)}));
        return false;
    }
    if (code.list == ListMode::all) return true;
    const Node where = here_;
    std::size_t kept = begin;
    for (std::size_t i = begin; i < items_.size(); ++i) {
        bind(code, items_[i], frame);
        if (passes(rule, code, frame)) items_[kept++] = items_[i];
        here_ = where;
    }
    items_.resize(kept);
    if (kept == begin) return true;
    const auto first = items_.begin() + static_cast<std::ptrdiff_t>(begin);
    switch (code.list) {
        case ListMode::first: items_.resize(begin + 1); break;
        case ListMode::notFirst: items_.erase(first); break;
        case ListMode::last: items_.erase(first, items_.end() - 1); break;
        case ListMode::notLast: items_.pop_back(); break;
        default:
            if (found() == 1) break;
            const std::string times = std::to_string(found());
            issue(Severity::error,
                  say("found {0} {1} times, expected only one",
                      "trouvé {0} {1} fois, une seule attendue", {sourceName(code), times}));
            return false;
    }
    return true;
}

void Run::gather(const SourceCode& code, Frame& frame) {
    const Binding& context = at(code.context, frame);
    const bool plain = !code.where && !code.check && !code.count && code.log.empty();
    const bool one = code.list == ListMode::first && plain;
    most_ = one ? items_.size() + 1 : items_.max_size();
    // The last child of all, when it has the name, is the last of its name.
    const bool below = context.kind == Binding::Kind::node || context.kind == Binding::Kind::target;
    if (below && code.list == ListMode::last && plain && code.steps.size() == 1) {
        const Node last(context.node ? context.node.data()->last : nullptr);
        const std::size_t before = items_.size();
        if (last && last.nameOf() == code.steps.front().name) steps(code, last, 1);
        if (items_.size() > before) return;
    }
    if (context.kind == Binding::Kind::values) {
        for (const Value& value : context.values) {
            if (value.node())
                steps(code, value.node(), 0);
            else if (code.steps.empty())
                items_.push_back({Node(), &value});
        }
    } else if (context.kind != Binding::Kind::none) {
        steps(code, context.node, 0);
    }
}

void Run::steps(const SourceCode& code, Node from, std::size_t step) {
    if (step == code.steps.size()) {
        // What has no type cannot be told apart by type.
        if (from.isNull() || !fhirpath::isItem(from)) return;
        if (!code.type.empty() && !from.type().empty() && !(from.typeOf() == code.type)) {
            const ModelType* const is = code.model ? code.model->type(from.typeOf()) : nullptr;
            if (is == nullptr || !is->isA(code.type)) return;
        }
        items_.push_back({from, nullptr});
        return;
    }
    const Name wanted = code.steps[step].name;
    bool any = false;
    for (const Node child : from.children()) {
        ++seen_;
        if (!(child.nameOf() == wanted)) continue;
        any = true;
        steps(code, child, step + 1);
        if (items_.size() >= most_) return;
    }
    if (any) return;
    if (code.steps[step].text && from.hasText()) return steps(code, from, step + 1);
    if (!code.steps[step].choice) return;
    for (const Node child : from.children())
        if (!child.type().empty() && spellsChoice(wanted, child.nameOf(), child.typeOf()))
            steps(code, child, step + 1);
}

bool Run::passes(const RuleCode& rule, const SourceCode& code, Frame& frame) {
    if (code.where == nullptr && code.check == nullptr && code.log.empty()) return true;
    if (explain_) explain_->begin();
    const Binding& item = at(code.slot, frame);
    const Value focus = item.kind != Binding::Kind::values ? Value::of(item.node)
                        : item.values.empty()              ? Value()
                                                           : item.values.front();
    try {
        if (code.where && !holds(*code.where, frame, focus)) return false;
        if (code.check && !holds(*code.check, frame, focus)) {
            // The text of the source's log, or the rule's name, tells people what is wrong.
            gateway::Reason reason = code.log.empty() ? rule.name : code.log;
            if (reason.empty()) reason = {"a check failed", "un contrôle a échoué"};
            if (reason.en.find(' ') == std::string::npos)  // a name only, no sentence
                reason = say("a check failed: {0}", "un contrôle a échoué : {0}", {reason});
            issue(Severity::error, std::move(reason));
            return false;
        }
    } catch (const Error& error) {
        failed(error);
        return false;
    }
    if (code.log.empty() || code.check) return true;
    try {
        if (code.logged && evaluate(*code.logged, frame, {focus}).empty()) return true;
        issue(Severity::information, code.log);
    } catch (const Error& error) {
        failed(error);
    }
    return true;
}

void Run::fire(const RuleCode& code, Frame& frame) {
    if (explain_) noteRan(code, frame);
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
    const TargetCode& target = code.targets.back();
    try {
        for (std::size_t i = 0; i + 1 < code.targets.size(); ++i) {
            at(code.targets[i].slot, frame).clear();
            this->target(code.targets[i], frame);
        }
        const Binding& context = at(target.context, frame);
        if (context.kind != Binding::Kind::target) return;
        Binding& item = at(code.sources.front().slot, frame);
        const ElementRef ref = resolve(target, context.type);
        const DefaultGroup* const standard =
            item.kind == Binding::Kind::node ? defaultFor(item.node.typeOf(), ref) : nullptr;
        if (standard) return byDefault(*standard, target, context.handle, ref, item.node);
        const ModelType* made = nullptr;
        for (const Value& value : item.collection())
            assign(target, context.handle, ref, value, made);
    } catch (const Error& error) {
        failed(error);
    }
}

void Run::byDefault(const DefaultGroup& standard, const TargetCode& target, Handle parent,
                    const ElementRef& ref, Node source) {
    const ModelType* const is = standard.targetType ? standard.targetType : ref.type;
    const Handle node = placed(target, parent, ref);
    type(node, is);
    if (!deeper()) return;
    Frame& inner = this->frame(*standard.group);
    bool given = false, done = false;
    for (std::size_t i = 0; i < standard.group->inputs.size(); ++i) {
        inner[i].clear();
        bool& set = standard.group->inputs[i].target ? done : given;
        if (set) continue;
        set = true;
        if (standard.group->inputs[i].target)
            inner[i].set(node, is);
        else
            inner[i].set(source);
    }
    group(*standard.group, inner);
    --depth_;
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
    if (stopped_ || !deeper()) return;
    Frame& inner = this->frame(*code.group);
    bool ready = true;
    try {
        for (std::size_t i = 0; ready && i < code.parameters.size(); ++i) {
            const ParameterCode& given = code.parameters[i];
            if (given.kind != ParameterCode::Kind::variable) {
                if (explain_) explain_->begin();
                Collection made;
                const Collection& all = of(given, frame, made);
                ready = !all.empty();
                inner[i].set(&all == &made ? std::move(made) : all);
                if (explain_) inner[i].from = explain_->evidence();
                continue;
            }
            const Binding& variable = at(given.slot, frame);
            // What was not found or not made has nothing to be worked on.
            ready = variable.kind != Binding::Kind::none;
            inner[i].set(variable);
        }
    } catch (const Error& error) {
        failed(error);
        ready = false;
    }
    if (ready) group(*code.group, inner);
    --depth_;
}

}  // namespace fml
