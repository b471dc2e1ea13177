#include "json_writer.h"

#include <string>

#include "common/json/json.h"
#include "common/json/runs.h"
#include "content.h"
#include "r4_model.h"

namespace fhir {
using namespace gateway;

namespace {

/// The same of what is no primitive: there is no null then.
bool present(Node node) { return !node.isNull() && hasContent(node); }

/// Whether a primitive has an id or extensions.
bool hasBeside(Node node) {
    for (const Node child : node.children())
        if (hasContent(child)) return true;
    return false;
}

class Writer {
public:
    Writer(text::Out& out, std::string_view source) : out_(out), source_(source) {}

    void resource(Node node) {
        if (stands(node, '{')) return asItStands(node.where());
        const Type& type = resourceType(node);
        out_ << "{\"resourceType\":\"" << type.name.text() << '"';
        members(node, type, ',');
        out_ << '}';
    }

private:
    /// Whether a node is what its bytes say, which begin like that.
    bool stands(Node node, char first) const {
        const Span where = node.where();
        return where.end <= source_.size() && !where.empty() && !node.changed() &&
               !node.touched() && source_[where.begin] == first;
    }
    void asItStands(Span where) { out_ << source_.substr(where.begin, where.size()); }

    void object(Node node, const Type& type) {
        if (stands(node, '{')) return asItStands(node.where());
        if (node.hasText())
            refuse(node, gateway::say("a plain value where R4 has a {0}",
                                      "une valeur simple là où R4 a un {0}", {type.name.text()}));
        out_ << '{';
        members(node, type, 0);
        out_ << '}';
    }

    void members(Node node, const Type& type, char before) {
        if (++depth_ > kMostDepth)
            refuse(node, {"nested too deep for FHIR", "imbriqué trop profondément pour FHIR"});
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
        const Member* member = type.member(runs_[at].nameOf());
        if (member != nullptr && member->element->choice && member->type == nullptr)
            member = chosen(type, *member, runs_[at]);
        if (member == nullptr) return unknown(at, end);
        const bool plain = member->type != nullptr && member->type->primitive();
        if (plain && end - at == 1 && runs_[at].hasText() && runs_[at].children().empty())
            return value(*member, runs_[at]);
        if (!member->element->many) {
            for (std::size_t more = at + 1; more < end; ++more)
                if (hasContent(runs_[more]))
                    refuse(runs_[more],
                           {"R4 has this element once", "R4 a cet élément une seule fois"});
            end = at + 1;
        }
        if (plain)
            primitives(*member, at, end);
        else
            objects(*member, at, end);
    }

    /// The member of a choice, which the type of the node makes.
    const Member* chosen(const Type& type, const Member& choice, Node node) {
        if (const Member* const member = type.chosen(choice, node.typeOf())) return member;
        if (model_.type(node.type()) == nullptr)
            refuse(node, {"its type is not one of FHIR R4", "son type n'est pas de FHIR R4"});
        refuse(node, {"its type is not one of this choice", "son type n'est pas l'un de ce choix"});
    }

    void objects(const Member& member, std::size_t at, std::size_t end) {
        bool any = false;
        for (; at < end; ++at) {
            if (!present(runs_[at])) continue;
            if (any) {
                out_ << ',';
            } else {
                key(member);
                if (member.element->many) out_ << '[';
            }
            any = true;
            if (member.resource)
                resource(runs_[at]);
            else
                object(runs_[at], *member.type);
        }
        if (any && member.element->many) out_ << ']';
    }

    /// The only one of its name, with nothing beside its text.
    void value(const Member& member, Node node) {
        key(member);
        if (member.element->many) out_ << '[';
        primitive(node, *member.type);
        if (member.element->many) out_ << ']';
    }

    /// Both halves: the values, and what stands beside them.
    void primitives(const Member& member, std::size_t at, std::size_t end) {
        bool values = false, besides = false;
        for (std::size_t i = at; i < end; ++i) {
            values |= runs_[i].hasText();
            besides |= hasBeside(runs_[i]);
        }
        const bool many = member.element->many;
        if (values) {
            key(member);
            halves(at, end, many, [&](Node node) {
                if (!node.hasText()) return false;
                primitive(node, *member.type);
                return true;
            });
        }
        if (!besides) return;
        key('_', member.key.text());
        halves(at, end, many, [&](Node node) {
            if (!hasBeside(node)) return false;
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
        if (type.form == Form::text || type.form == Form::xhtml)
            return json::writeString(out_, text);
        if (!isValue(type, text)) refuse(node, "not a " + std::string(type.name.text()));
        out_ << text;
    }

    /// What R4 does not know stays as it was read.
    void unknown(std::size_t at, std::size_t end) {
        key(0, runs_[at].name());
        if (end - at == 1 && !runs_[at].inList()) return json::write(out_, runs_[at]);
        for (char before = '['; at < end; ++at, before = ',') {
            out_ << before;
            json::write(out_, runs_[at]);
        }
        out_ << ']';
    }

    void key(const Member& member) {
        out_ << member.before.substr(before_ == 0 ? 1 : 0);
        before_ = ',';
    }

    void key(char mark, std::string_view name) {
        if (before_ != 0) out_ << before_;
        before_ = ',';
        if (mark == 0) {
            json::writeString(out_, name);
        } else {
            out_ << '"' << mark << name << '"';
        }
        out_ << ':';
    }

    text::Out& out_;
    const std::string_view source_;
    const R4& model_ = R4::get();
    json::Runs runs_;
    char before_ = 0;
    int depth_ = 0;
};

}  // namespace

void writeJson(Sink& out, Node root, std::string_view source) {
    text::Out pieces(out);
    Writer(pieces, source).resource(root);
    pieces.flush();
}

}  // namespace fhir
