/// @file  The log: events and fields as JSON lines on stderr. Never a body, a field value, a name
/// or an identifier of a person, a query string; ids are ours.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "gateway/bytes.h"

namespace gateway {

/// One field of a log line: text or number.
struct Field {
    std::string_view name;
    std::string text;
    bool number = false;

    Field(std::string_view n, std::string_view t) : name(n), text(t) {}
    Field(std::string_view n, const char* t) : name(n), text(t) {}
    Field(std::string_view n, const std::string& t) : name(n), text(t) {}
    template <class T>
    requires std::is_integral_v<T> Field(std::string_view n, T value)
        : name(n), text(std::to_string(value)), number(true) {}
};

class GATEWAY_API Log {
public:
    enum class Level { debug, info, warning, error };
    virtual ~Log();
    virtual void write(Level level, std::string_view event,
                       std::initializer_list<Field> fields) = 0;

    void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
        write(Level::debug, event, fields);
    }
    void info(std::string_view event, std::initializer_list<Field> fields = {}) {
        write(Level::info, event, fields);
    }
    void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
        write(Level::warning, event, fields);
    }
    void error(std::string_view event, std::initializer_list<Field> fields = {}) {
        write(Level::error, event, fields);
    }
};

}  // namespace gateway
