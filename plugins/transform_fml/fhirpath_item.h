/// @file  What an evaluation works on: small items, lists of them, and the memory that holds what
/// they point to.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "fhirpath.h"
#include "fhirpath_decimal.h"
#include "fhirpath_moment.h"

namespace fhirpath {

/// Bump memory, given back in one go: of compiled code, or of one evaluation. Holds trivially
/// destructible things only.
class Arena {
public:
    struct Mark {
        std::size_t chunk = 0;
        std::byte* at = nullptr;
    };

    void* allocate(std::size_t size, std::size_t alignment) {
        const std::size_t skipped = -reinterpret_cast<std::uintptr_t>(at_) & (alignment - 1);
        if (size + skipped > static_cast<std::size_t>(end_ - at_)) return allocateInNextChunk(size);
        std::byte* const here = at_ + skipped;
        at_ = here + size;
        return here;
    }
    /// Lets the block that ends at `end` grow by `size` where it stands, if nothing came after it.
    bool extend(const void* end, std::size_t size) {
        if (end != at_ || size > static_cast<std::size_t>(end_ - at_)) return false;
        at_ += size;
        return true;
    }
    std::string_view keep(std::string_view text);
    template <class T, class... Arguments>
    const T* make(Arguments&&... arguments) {
        static_assert(std::is_trivially_destructible_v<T>);
        return new (allocate(sizeof(T), alignof(T))) T{std::forward<Arguments>(arguments)...};
    }

    Mark mark() const { return {chunk_, at_}; }
    /// Gives back what was taken since `mark`; a little is kept for the next use.
    void release(Mark mark);
    std::size_t held() const { return held_; }

private:
    struct Chunk {
        std::unique_ptr<std::byte[]> bytes;
        std::size_t size = 0;
    };
    void* allocateInNextChunk(std::size_t size);
    void enter(std::size_t chunk);

    std::vector<Chunk> chunks_;
    std::size_t chunk_ = 0;                     ///< the one in use
    std::byte *at_ = nullptr, *end_ = nullptr;  ///< what is free of it
    std::size_t held_ = 0;
};

struct Quantity {
    Decimal value;
    std::string_view unit;  ///< UCUM code, or the word of a calendar duration
    bool calendar = false;
};

struct TypeInfo {
    std::string_view space;  ///< "System", "FHIR"; may be empty
    std::string_view name;
};

/// One item of a collection: 16 bytes, copied freely. What it points to lives in a document, in
/// compiled code or in the arena of the evaluation.
struct Item {
    using Type = Value::Type;

    Type type = Type::node;
    std::uint32_t size = 0;  ///< of `chars`; of an integer: 1 for a Long
    union {
        const gateway::detail::NodeData* node = nullptr;
        const char* chars;
        std::int64_t integer;
        bool boolean;
        const Decimal* decimal;
        const Moment* moment;
        const Quantity* quantity;
        const TypeInfo* info;
    };

    static Item of(gateway::Node node);
    static Item of(bool yes);
    static Item of(std::int64_t number);
    static Item ofLong(std::int64_t number);
    static Item string(std::string_view text);  ///< a view: `text` must live as long
    static Item of(const Decimal* decimal);
    static Item of(const Moment* moment);
    static Item of(const Quantity* quantity);
    static Item of(const TypeInfo* info);

    gateway::Node asNode() const { return gateway::Node(type == Type::node ? node : nullptr); }
    std::string_view text() const { return {chars, size}; }  ///< of a string
    bool isMoment() const {
        return type == Type::date || type == Type::dateTime || type == Type::time;
    }
    bool isLong() const { return type == Type::integer && size != 0; }
    bool isNumber() const { return type == Type::integer || type == Type::decimal; }
};
static_assert(sizeof(Item) == 16);

using View = std::span<const Item>;

/// A growing list in an arena; whoever holds a View of it must not let it grow meanwhile.
class List {
public:
    explicit List(Arena& arena) : arena_(&arena) {}

    void push(Item item) {
        if (size_ == capacity_) {
            if (capacity_ == 0)
                begin();
            else
                grow();
        }
        items_[size_++] = item;
    }
    void append(View items) {
        for (const Item item : items) push(item);
    }
    void clear() { size_ = 0; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    const Item& operator[](std::size_t at) const { return items_[at]; }
    View view() const { return {items_, size_}; }
    std::span<Item> items() { return {items_, size_}; }

private:
    static constexpr std::size_t kFew = 4;  ///< most lists hold no more

    void begin() {
        items_ = static_cast<Item*>(arena_->allocate(kFew * sizeof(Item), alignof(Item)));
        capacity_ = kFew;
    }
    void grow();

    Arena* arena_;
    Item* items_ = nullptr;
    std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace fhirpath
