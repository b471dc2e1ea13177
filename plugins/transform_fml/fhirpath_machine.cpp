#include "fhirpath_machine.h"

#include <algorithm>
#include <cassert>

#include "fhirpath_functions.h"
#include "fhirpath_values.h"

namespace fhirpath {
namespace {

using gateway::Name;
using gateway::Node;

constexpr std::size_t kMostMemory = 256 * 1024 * 1024;

/// Memory of the evaluations of this thread: they nest (a host's variable may be evaluated inside
/// one) and each gives back what it took, so that the first chunk is there for the next.
Arena& threadArena() {
    thread_local Arena arena;
    return arena;
}

bool namesItself(Node node, Name name) {
    const std::string_view type = node.type();
    if (!type.empty() && derives(type, name.text())) return true;
    return !node.parent() && node.nameOf() == name;
}

/// What HL7's logical models of XML, old and new, call the text of an element.
bool isTextOfElement(std::string_view name) {
    return name == "xmlText" || name == "dataString" || name == "data";
}

/// `valueString` for a child `value` of type string; `value` for the text of a typed primitive.
Node asJsonNames(Node node, Name wanted) {
    const std::string_view name = wanted.text();
    if (node.hasText() && ((name == "value" && !node.type().empty()) || isTextOfElement(name)))
        return node;
    for (const Node child : node.children()) {
        const std::string_view stem = child.name(), type = child.type();
        if (type.empty() || name.size() != stem.size() + type.size()) continue;
        if (!name.starts_with(stem) || name.substr(stem.size() + 1) != type.substr(1)) continue;
        const char first = name[stem.size()];
        if (first == type[0] || first == static_cast<char>(type[0] - 'a' + 'A')) return child;
    }
    return {};
}

/// Whether a function gives items of its input, what stands below them, or where they stand,
/// without a look at their values; all others read them.
bool passesOn(std::string_view function) {
    static constexpr std::string_view kSome[] = {"aggregate",
                                                 "all",
                                                 "as",
                                                 "children",
                                                 "coalesce",
                                                 "combine",
                                                 "defineVariable",
                                                 "descendants",
                                                 "distinct",
                                                 "extension",
                                                 "first",
                                                 "iif",
                                                 "is",
                                                 "last",
                                                 "ofType",
                                                 "pathname",
                                                 "repeat",
                                                 "repeatAll",
                                                 "resolve",
                                                 "select",
                                                 "single",
                                                 "skip",
                                                 "tail",
                                                 "take",
                                                 "trace",
                                                 "type",
                                                 "where"};
    return std::find(std::begin(kSome), std::end(kSome), function) != std::end(kSome);
}

}  // namespace

/// Null, an empty list and a text without a letter are as absent.
bool isItem(Node node) {
    using gateway::Kind;
    const bool mayBeNothing =
        node.kind() == Kind::null || node.kind() == Kind::list || node.kind() == Kind::text;
    return !mayBeNothing || !node.children().empty() ||
           node.text().find_first_not_of(" \t\r\n") != std::string_view::npos;
}

Machine::Machine(const Expression::Code& code, Environment& environment)
    : code_(code),
      environment_(environment),
      arena_(threadArena()),
      mark_(arena_.mark()),
      stepsLeft_(environment.budget ? std::min(environment.steps, *environment.budget)
                                    : environment.steps),
      given_(stepsLeft_) {}

const std::string& Machine::zone() const {
    static const std::string none;
    return environment_.context ? environment_.context->zone : none;
}

Machine::~Machine() {
    if (environment_.budget) *environment_.budget -= given_ - stepsLeft_;
    arena_.release(mark_);
}

View Machine::run(View focus) {
    original_ = focus;
    Frame frame;
    frame.focus = focus;
    frame.inLoop = true;  // at the start $index is 0
    return evaluate(*code_.root, frame);
}

void Machine::fail(std::uint32_t at, const gateway::Reason& text) const {
    throw gateway::Error(gateway::Fault::rejected, code_.place(at).text(), text);
}

void Machine::tooMuch() {
    stepsLeft_ = 0;
    fail(code_.root->at,
         {"the expression takes too many steps", "l'expression demande trop d'étapes"});
}

View Machine::evaluate(const Operation& operation, const Frame& frame) {
    // What stands somewhere already is not copied.
    if (operation.kind == Operation::Kind::literal || operation.kind == Operation::Kind::focus) {
        work();
        if (operation.kind == Operation::Kind::focus) return frame.focus;
        return operation.hasItem ? View(&operation.item, 1) : View();
    }
    List list(arena_);
    evaluate(operation, frame, list);
    return list.view();
}

void Machine::evaluate(const Operation& operation, const Frame& frame, List& out) {
    using Kind = Operation::Kind;
    work();
    if (arena_.held() > kMostMemory)
        fail(operation.at,
             {"the expression takes too much memory", "l'expression demande trop de mémoire"});
    switch (operation.kind) {
        case Kind::literal:
            if (operation.hasItem) out.push(operation.item);
            return;
        case Kind::focus: return out.append(frame.focus);
        case Kind::index:
            if (!frame.inLoop)
                fail(operation.at,
                     {"$index has a meaning only inside where(), select() and the like",
                      "$index n'a de sens que dans where(), select() et semblables"});
            return out.push(Item::of(frame.index));
        case Kind::total:
            if (!frame.hasTotal)
                fail(operation.at, {"$total has a meaning only inside aggregate()",
                                    "$total n'a de sens que dans aggregate()"});
            return out.append(frame.total);
        case Kind::path: return path(operation, frame, out);
        case Kind::binary: return binary(operation, frame, out);
        case Kind::negate: {
            const auto value = single(evaluate(*operation.left, frame), operation.at,
                                      {"after '-'", "après « - »"});
            if (!value) return;
            const auto result = arithmetic(*this, Operator::subtract, Item::of(std::int64_t{0}),
                                           *value, operation.at);
            if (result) out.push(*result);
            return;
        }
        case Kind::plus: {
            const auto value = single(evaluate(*operation.left, frame), operation.at,
                                      {"after '+'", "après « + »"});
            if (!value) return;
            if (!value->isNumber() && value->type != Item::Type::quantity)
                fail(operation.at,
                     {"expected a number after '+'", "attendu un nombre après « + »"});
            return out.push(*value);
        }
        case Kind::variable:
        case Kind::context: return variable(operation, frame, out);
        case Kind::original: return out.append(original_);
        case Kind::resource:
        case Kind::rootResource: {
            const Node node = operation.kind == Kind::resource ? environment_.resource
                                                               : environment_.rootResource;
            if (node) out.push(Item::of(node));
            return;
        }
    }
}

void Machine::variable(const Operation& operation, const Frame& frame, List& out) {
    if (operation.kind == Operation::Kind::context) {
        if (environment_.context && environment_.context->has(operation.name))
            out.push(Item::string(environment_.context->get(operation.name)));
        else if (environment_.context && operation.name == "time")
            out.push(Item::of(arena_.make<Moment>(Moment::of(environment_.context->now, zone()))));
        return;
    }
    for (const Scope* scope = frame.scope; scope; scope = scope->outer)
        if (scope->name == operation.name) return out.append(scope->value);
    const Collection* const values =
        environment_.variable ? environment_.variable(operation.name, operation.ordinal) : nullptr;
    if (values == nullptr) return;
    for (const Value& value : *values) out.push(import(value, operation.at));
}

// --- Paths --------------------------------------------------------------------------------------

void Machine::members(const Item& item, Name name, List& out) {
    if (item.type == Item::Type::typeInfo) {
        if (name.text() == "name") out.push(Item::string(item.info->name));
        if (name.text() == "namespace") out.push(Item::string(item.info->space));
        return;
    }
    if (item.type == Item::Type::quantity) {
        if (name.text() == "value") out.push(Item::of(&item.quantity->value));
        if (name.text() == "unit") out.push(Item::string(item.quantity->unit));
        return;
    }
    for (const Node child : item.asNode().children()) {
        work();
        if (child.nameOf() == name && isItem(child)) out.push(Item::of(child));
    }
}

void Machine::walk(Node node, const Step* step, const Step* end, List& out) {
    std::uint64_t seen = 0;
    bool found = false;
    for (const Node child : node.children()) {
        ++seen;
        if (!(child.nameOf() == step->name) || !isItem(child)) continue;
        found = true;
        if (step + 1 == end)
            out.push(Item::of(child));
        else
            walk(child, step + 1, end, out);
    }
    work(seen);
    if (found || !step->spelled || !environment_.variable) return;
    // Maps name what FHIR's JSON names: the choice with its type, the value of a primitive.
    if (const Node spelled = asJsonNames(node, step->name)) {
        if (step + 1 == end)
            out.push(Item::of(spelled));
        else
            walk(spelled, step + 1, end, out);
    }
}

void Machine::memberRun(View from, const Step* step, const Step* end, List& out) {
    for (const Item& item : from) {
        if (item.type != Item::Type::node) {
            if (step + 1 == end) members(item, step->name, out);
        } else if (step->typeLike && namesItself(item.asNode(), step->name)) {
            if (step + 1 == end)
                out.push(item);
            else
                walk(item.asNode(), step + 1, end, out);
        } else {
            walk(item.asNode(), step, end, out);
        }
    }
}

void Machine::path(const Operation& operation, Frame frame, List& out) {
    View current = frame.focus;
    if (operation.left) current = evaluate(*operation.left, frame);
    const Step* step = operation.steps.data();
    const Step* const end = step + operation.steps.size();
    while (step != end) {
        const Step* next = step + 1;
        const bool run = step->kind == Step::Kind::member;
        while (run && next != end && next->kind == Step::Kind::member) ++next;
        List made(arena_);
        List& to = next == end ? out : made;
        if (run)
            memberRun(current, step, next, to);
        else
            this->step(*step, frame, current, to);
        current = made.view();
        step = next;
    }
}

void Machine::step(const Step& step, Frame& frame, View from, List& out) {
    work();
    if (step.kind == Step::Kind::index) return index(step, frame, from, out);
    if (environment_.read && !passesOn(step.function->name)) {
        for (const Item& item : from)
            if (item.asNode().hasText()) environment_.read->push_back(item.asNode());
    }
    step.function->run(Call{*this, step, frame, from, out});
}

void Machine::index(const Step& step, const Frame& frame, View from, List& out) {
    const auto at =
        single(evaluate(*step.arguments.front(), frame), step.at, {"as the index", "comme indice"});
    if (!at) return;
    if (at->type != Item::Type::integer)
        fail(step.at,
             {"expected a whole number as the index", "attendu un nombre entier comme indice"});
    if (at->integer >= 0 && static_cast<std::uint64_t>(at->integer) < from.size())
        out.push(from[static_cast<std::size_t>(at->integer)]);
}

// --- Operators ----------------------------------------------------------------------------------

std::optional<Item> Machine::single(View items, std::uint32_t at, const Expected& of) {
    if (items.empty()) return std::nullopt;
    if (items.size() > 1)
        fail(at, gateway::say("expected one item {0}{2}, found {1}",
                              "attendu un seul élément {0}{2}, trouvé {1}",
                              {gateway::Reason(std::string(of.en), std::string(of.fr)),
                               std::to_string(items.size()),
                               of.name.empty() ? gateway::Reason()
                                               : gateway::say(" {0}()", " {0}()", {of.name})}));
    const Item value = valueOf(*this, items.front());
    if (value.type == Item::Type::node && value.asNode().isNull()) return std::nullopt;
    return value;
}

std::optional<bool> Machine::condition(View items, std::uint32_t at) {
    if (items.empty()) return std::nullopt;
    if (items.size() > 1)
        fail(at, gateway::say("expected one item as a condition, found {0}",
                              "attendu un seul élément comme condition, trouvé {0}",
                              {std::to_string(items.size())}));
    const Item value = valueOf(*this, items.front());
    return value.type != Item::Type::boolean || value.boolean;
}

void Machine::logic(const Operation& operation, const Frame& frame, List& out) {
    using Maybe = std::optional<bool>;
    const Maybe left = condition(evaluate(*operation.left, frame), operation.left->at);
    if (operation.oper == Operator::and_ && left == Maybe(false)) return out.push(Item::of(false));
    if (operation.oper == Operator::or_ && left == Maybe(true)) return out.push(Item::of(true));
    if (operation.oper == Operator::implies && left == Maybe(false))
        return out.push(Item::of(true));
    const Maybe right = condition(evaluate(*operation.right, frame), operation.right->at);
    Maybe result;
    switch (operation.oper) {
        case Operator::and_:
            if (right == Maybe(false))
                result = false;
            else if (left && right)
                result = true;
            break;
        case Operator::or_:
            if (right == Maybe(true))
                result = true;
            else if (left && right)
                result = false;
            break;
        case Operator::xor_:
            if (left && right) result = *left != *right;
            break;
        default:  // implies
            if (right == Maybe(true))
                result = true;
            else if (left)
                result = right;
    }
    if (result) out.push(Item::of(*result));
}

void Machine::binary(const Operation& operation, const Frame& frame, List& out) {
    const Operator oper = operation.oper;
    if (oper >= Operator::and_ && oper <= Operator::implies) return logic(operation, frame, out);
    const View left = evaluate(*operation.left, frame);
    if (oper == Operator::is || oper == Operator::as) {
        if (left.size() > 1)
            fail(operation.at,
                 gateway::say("expected one item before {0}, found {1}",
                              "attendu un seul élément avant {0}, trouvé {1}",
                              {oper == Operator::is ? "is" : "as", std::to_string(left.size())}));
        if (left.empty()) return;
        if (oper == Operator::is)
            return out.push(Item::of(hasType(left.front(), operation.type, false)));
        if (hasType(left.front(), operation.type, true)) out.push(left.front());
        return;
    }
    const View right = evaluate(*operation.right, frame);
    switch (oper) {
        case Operator::unite: {
            Distinct seen(*this);
            for (const View side : {left, right})
                for (const Item& item : side)
                    if (seen.add(item)) out.push(item);
            return;
        }
        case Operator::equal:
        case Operator::notEqual: {
            if (left.empty() || right.empty()) return;
            const Truth truth = equal(*this, left, right);
            if (truth != Truth::unknown)
                out.push(Item::of((truth == Truth::yes) == (oper == Operator::equal)));
            return;
        }
        case Operator::equivalent:
        case Operator::notEquivalent:
            return out.push(
                Item::of(equivalent(*this, left, right) == (oper == Operator::equivalent)));
        case Operator::in:
        case Operator::contains: {
            const View one = oper == Operator::in ? left : right;
            const View many = oper == Operator::in ? right : left;
            if (one.empty()) return;
            if (one.size() > 1)
                fail(operation.at, gateway::say("expected one item to look for, found {0}",
                                                "attendu un seul élément à chercher, trouvé {0}",
                                                {std::to_string(one.size())}));
            const bool found = std::any_of(many.begin(), many.end(), [&](const Item& item) {
                return equal(*this, item, one.front()) == Truth::yes;
            });
            return out.push(Item::of(found));
        }
        default: break;
    }
    const auto a = single(left, operation.at, {"before the operator", "avant l'opérateur"});
    const auto b = single(right, operation.at, {"after the operator", "après l'opérateur"});
    if (oper == Operator::concatenate) {
        const Item empty = Item::string("");
        if (const auto result =
                arithmetic(*this, oper, a.value_or(empty), b.value_or(empty), operation.at))
            out.push(*result);
        return;
    }
    if (!a || !b) return;
    if (oper < Operator::less) {
        if (const auto result = arithmetic(*this, oper, *a, *b, operation.at)) out.push(*result);
        return;
    }
    const Order order = compare(*this, *a, *b, operation.at);
    if (order == Order::unknown) return;
    const bool holds = oper == Operator::less          ? order == Order::less
                       : oper == Operator::lessOrEqual ? order != Order::greater
                       : oper == Operator::greater     ? order == Order::greater
                                                       : order != Order::less;
    out.push(Item::of(holds));
}

// --- Values of the host -------------------------------------------------------------------------

Item Machine::import(const Value& value, std::uint32_t at) {
    using Type = Value::Type;
    const std::string_view text = value.text();
    const auto no = [&]() -> Item {
        fail(at, {"a value of the host is not of its type",
                  "une valeur fournie n'est pas de son type"});
    };
    switch (value.type()) {
        case Type::node: return Item::of(value.node());
        case Type::boolean: return Item::of(text == "true");
        case Type::string:
        case Type::typeInfo: return Item::string(text);
        case Type::integer:
        case Type::decimal: {
            const auto number = Decimal::parse(text);
            if (!number) return no();
            if (value.type() == Type::decimal) return Item::of(arena_.make<Decimal>(*number));
            const auto whole = number->whole();
            return whole ? Item::of(*whole) : no();
        }
        case Type::date:
        case Type::dateTime:
        case Type::time: {
            const auto kind = value.type() == Type::date   ? Moment::Kind::date
                              : value.type() == Type::time ? Moment::Kind::time
                                                           : Moment::Kind::dateTime;
            const auto moment = Moment::parse(text, kind);
            return moment ? Item::of(arena_.make<Moment>(*moment)) : no();
        }
        case Type::quantity: {
            const auto number = Decimal::parse(text);
            if (!number) return no();
            return Item::of(
                arena_.make<Quantity>(*number, value.unit(), isCalendarWord(value.unit())));
        }
    }
    return no();
}

Value Machine::exported(const Item& item) const {
    using Type = Value::Type;
    switch (item.type) {
        case Type::node: return Value::of(item.asNode());
        case Type::boolean: return Value::of(item.boolean);
        case Type::string: return Value::string(std::string(item.text()));
        case Type::integer: return Value::scalar(Type::integer, std::to_string(item.integer));
        case Type::decimal: return Value::scalar(Type::decimal, item.decimal->text());
        case Type::date:
        case Type::dateTime:
        case Type::time: return Value::scalar(item.type, item.moment->text());
        case Type::quantity:
            return Value::scalar(Type::quantity, item.quantity->value.text(), item.quantity->unit);
        case Type::typeInfo:
            return Value::scalar(
                Type::typeInfo, std::string(item.info->space) + "." + std::string(item.info->name));
    }
    return {};
}

}  // namespace fhirpath
