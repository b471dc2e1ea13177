#include "writer.h"

#include <string>

#include "common/json/json.h"
#include "common/json/runs.h"
#include "r4_model.h"

namespace fhir {
using namespace gateway;

namespace {

constexpr int kDepth = 512;

[[noreturn]] void refuse(Node node, const std::string& what) {
    throw Error(Fault::rejected, node.path(), what);
}

/// Whether anything is left of it: FHIR has neither empty objects nor empty arrays. Of a resource
/// its type is left.
bool hasContent(Node node) {
    if (node.hasText() || node.isNull()) return true;
    for (const Node child : node.children())
        if (hasContent(child)) return true;
    const Type* const type = R4::get().type(node.type());
    return type != nullptr && type->resource();
}

/// The same of what is no primitive: there is no null then.
bool present(Node node) { return !node.isNull() && hasContent(node); }

class Writer {
public:
    explicit Writer(Sink& out) : out_(out) {}

    void resource(Node node) {
        const Type* const type = model_.type(node.type().empty() ? node.name() : node.type());
        if (type == nullptr || !type->resource() || type->abstract)
            refuse(node, "its type is not a resource of FHIR R4");
        out_ << "{\"resourceType\":\"" << type->name.text() << '"';
        members(node, *type, ',');
        out_ << '}';
    }

private:
    void object(Node node, const Type& type) {
        if (node.hasText())
            refuse(node, "a plain value where R4 has a " + std::string(type.name.text()));
        out_ << '{';
        members(node, type, 0);
        out_ << '}';
    }

    void members(Node node, const Type& type, char before) {
        if (++depth_ > kDepth) refuse(node, "nested too deep for FHIR");
        const char outer = before_;
        before_ = before;
        const std::size_t first = runs_.push(node);
        const std::size_t all = runs_.size();
        for (std::size_t at = first; at < all;) {
            const std::size_t end = runs_.end(at);
            run(type, at, end);
            at = end;
        }
        runs_.pop(first);
        before_ = outer;
        --depth_;
    }

    void run(const Type& type, std::size_t at, std::size_t end) {
        while (at < end && !hasContent(runs_[at])) ++at;
        if (at == end) return;
        const Member* member = type.member(runs_[at].name());
        if (member != nullptr && member->element->choice && member->type == nullptr)
            member = chosen(type, *member, runs_[at]);
        if (member == nullptr) return unknown(at, end);
        if (!member->element->many) {
            for (std::size_t more = at + 1; more < end; ++more)
                if (hasContent(runs_[more])) refuse(runs_[more], "R4 has this element once");
            end = at + 1;
        }
        if (member->type != nullptr && member->type->primitive())
            primitives(*member, at, end);
        else
            objects(*member, at, end);
    }

    /// The member of a choice, which the type of the node makes.
    const Member* chosen(const Type& type, const Member& choice, Node node) {
        for (const ModelType* one : choice.element->types)
            if (one->name == node.typeOf() || choice.element->types.size() == 1)
                return type.member(choiceKey(choice.key.text(), one->name.text()));
        if (model_.type(node.type()) == nullptr) refuse(node, "its type is not one of FHIR R4");
        refuse(node, "its type is not one of this choice");
    }

    void objects(const Member& member, std::size_t at, std::size_t end) {
        while (at < end && !present(runs_[at])) ++at;
        if (at == end) return;
        key("", member.key.text());
        char before = member.element->many ? '[' : 0;
        for (; at < end; ++at) {
            if (!present(runs_[at])) continue;
            if (before != 0) out_ << before;
            before = ',';
            if (member.resource)
                resource(runs_[at]);
            else
                object(runs_[at], *member.type);
        }
        if (member.element->many) out_ << ']';
    }

    /// Both halves: the values, and what stands beside them.
    void primitives(const Member& member, std::size_t at, std::size_t end) {
        bool values = false, besides = false;
        for (std::size_t i = at; i < end; ++i) {
            values |= runs_[i].hasText();
            besides |= !runs_[i].children().empty();
        }
        const bool many = member.element->many;
        if (values) {
            key("", member.key.text());
            halves(at, end, many, [&](Node node) {
                if (!node.hasText()) return false;
                primitive(node, *member.type);
                return true;
            });
        }
        if (!besides) return;
        key("_", member.key.text());
        halves(at, end, many, [&](Node node) {
            if (node.children().empty()) return false;
            out_ << '{';
            members(node, model_.element(), 0);
            out_ << '}';
            return true;
        });
    }

    template <class Write>
    void halves(std::size_t at, std::size_t end, bool many, Write write) {
        char before = many ? '[' : 0;
        for (; at < end; ++at) {
            if (!hasContent(runs_[at])) continue;
            if (before != 0) out_ << before;
            before = ',';
            if (!write(runs_[at])) out_ << "null";
        }
        if (many) out_ << ']';
    }

    void primitive(Node node, const Type& type) {
        const std::string_view text = node.text();
        if (type.form == Form::text) return json::writeString(out_, text);
        const bool fits =
            type.form == Form::number ? json::isNumber(text) : text == "true" || text == "false";
        if (!fits) refuse(node, "not a " + std::string(type.name.text()));
        out_ << text;
    }

    /// What R4 does not know stays as it was read.
    void unknown(std::size_t at, std::size_t end) {
        key("", runs_[at].name());
        if (end - at == 1 && !runs_[at].inList()) return json::write(out_, runs_[at]);
        for (char before = '['; at < end; ++at, before = ',') {
            out_ << before;
            json::write(out_, runs_[at]);
        }
        out_ << ']';
    }

    void key(std::string_view mark, std::string_view name) {
        if (before_ != 0) out_ << before_;
        before_ = ',';
        if (mark.empty()) {
            json::writeString(out_, name);
        } else {
            out_ << '"' << mark << name << '"';
        }
        out_ << ':';
    }

    Sink& out_;
    const R4& model_ = R4::get();
    json::Runs runs_;
    char before_ = 0;
    int depth_ = 0;
};

}  // namespace

void write(Sink& out, Node root) { Writer(out).resource(root); }

}  // namespace fhir
