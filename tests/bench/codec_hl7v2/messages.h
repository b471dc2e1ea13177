/// @file  Messages as hospitals send them, all invented.
#pragma once

#include <cstddef>
#include <string>

namespace bench {

/// An admission of 3.8 KB with insurers, contacts and movement, in UTF-8 with French accents.
std::string admission();
/// A laboratory report of that many results.
std::string report(std::size_t results);
/// A document of that many bytes in base64, in one OBX-5.
std::string document(std::size_t size);
/// That many short segments.
std::string segments(std::size_t count);

}  // namespace bench
