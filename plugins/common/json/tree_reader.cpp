/// json::read: events to a tree.
#include <vector>

#include "common/json/json.h"

namespace json {
using namespace gateway;

namespace {

class TreeReader final : public Events {
public:
    explicit TreeReader(Builder& tree) : tree_(tree) {}

    void beginObject(std::uint32_t at) override {
        if (frames_.empty())
            tree_.where(tree_.root(), Span{at, at});
        else
            inList(tree_.open(name(), at));
        frames_.push_back({Frame::object, {}, false});
    }
    void endObject(std::uint32_t end) override { closeNode(end); }

    void beginArray(std::uint32_t at) override {
        if (frames_.empty()) {
            tree_.kind(tree_.root(), Kind::list);
            tree_.where(tree_.root(), Span{at, at});
            frames_.push_back({Frame::list, {}, false});
        } else if (frames_.back().shape == Frame::object) {
            frames_.push_back({Frame::items, frames_.back().name, false, at});
        } else {
            const auto node = tree_.open(name(), at);
            inList(node);
            tree_.kind(node, Kind::list);
            frames_.push_back({Frame::list, {}, false});
        }
    }
    void endArray(std::uint32_t end) override {
        const Frame frame = frames_.back();
        if (frame.shape == Frame::list) return closeNode(end);
        frames_.pop_back();
        if (frame.used) return;
        tree_.kind(tree_.open(frame.name, frame.begin), Kind::list);
        tree_.close(end);
    }

    void key(const Text& text) override { frames_.back().name = tree_.intern(text.view); }

    void value(const Text& text, Kind kind) override {
        if (frames_.empty()) {
            fill(tree_.root(), text, kind);
            tree_.where(tree_.root(), text.where);
            return;
        }
        if (kind == Kind::null) {
            const auto node = tree_.open(name(), text.where.begin);
            tree_.kind(node, kind);
            tree_.close(text.where.end);
            inList(node);
        } else if (text.inSource) {
            inList(tree_.leaf(name(), text.where, kind));
        } else {
            inList(tree_.leaf(name(), text.view, text.where, kind));
        }
    }

private:
    struct Frame {
        /// The members of an object; the items of its array, its siblings; the items of a list
        /// node.
        enum Shape { object, items, list } shape;
        Name name;
        bool used;
        std::uint32_t begin = 0;
    };

    Name name() {
        frames_.back().used = true;
        return frames_.back().name;
    }
    void inList(Builder::Handle node) {
        if (frames_.back().shape != Frame::object) tree_.inList(node);
    }
    void fill(Builder::Handle node, const Text& text, Kind kind) {
        if (kind == Kind::null)
            tree_.kind(node, kind);
        else if (text.inSource)
            tree_.textView(node, text.view, kind);
        else
            tree_.text(node, text.view, kind);
    }
    void closeNode(std::uint32_t end) {
        frames_.pop_back();
        if (frames_.empty())
            tree_.where(tree_.root(), Span{tree_.root().node().where().begin, end});
        else
            tree_.close(end);
    }

    Builder& tree_;
    std::vector<Frame> frames_;
};

}  // namespace

void read(std::string_view source, Builder& into, std::uint32_t depth) {
    TreeReader reader(into);
    parse(source, reader, depth);
}

}  // namespace json
