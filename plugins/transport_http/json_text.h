/// @file  JSON that this plugin writes: commas and quotes are put by themselves.
#pragma once

#include <string>
#include <string_view>

#include "gateway/bytes.h"

namespace transport_http {

/// Members without a name are items of an array.
class JsonText {
public:
    JsonText& object(std::string_view name = {});
    JsonText& array(std::string_view name = {});
    JsonText& end();
    /// Nothing is written for an empty text: FHIR has no empty ones.
    JsonText& text(std::string_view name, std::string_view value);
    JsonText& item(std::string_view value) { return text({}, value); }
    /// What is JSON already.
    JsonText& raw(std::string_view name, std::string_view json);
    JsonText& flag(std::string_view name, bool value);

    /// Closes what is open.
    gateway::Bytes take();

private:
    void begin(std::string_view name);
    void open(std::string_view name, char bracket, char close);

    gateway::Sink out_;
    std::string open_;  ///< brackets that are to be closed
    bool first_ = true;
};

}  // namespace transport_http
