#include "raw_client.h"

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace support {
using Poco::Net::SocketAddress;

RawClient::RawClient(const std::string& address, const std::string& from) {
    const SocketAddress to = address.starts_with('/')
                                 ? SocketAddress(SocketAddress::UNIX_LOCAL, address)
                                 : SocketAddress(address);
    if (!from.empty()) socket_.impl()->bind(SocketAddress(from, 0), true);
    socket_.connect(to);
    socket_.setReceiveTimeout(Poco::Timespan(10, 0));
}

void RawClient::send(std::string_view bytes) {
    try {
        while (!bytes.empty()) {
            const int sent = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
            bytes.remove_prefix(static_cast<std::size_t>(std::max(0, sent)));
        }
    } catch (const Poco::Exception&) {
        // The server has refused and closed: what it said is read next.
    }
}

void RawClient::endSending() { socket_.shutdownSend(); }

bool RawClient::readMore() {
    std::array<char, 65536> bytes;
    try {
        const int got = socket_.receiveBytes(bytes.data(), static_cast<int>(bytes.size()));
        if (got <= 0) return false;
        buffer_.append(bytes.data(), static_cast<std::size_t>(got));
        return true;
    } catch (const Poco::TimeoutException&) {
        ADD_FAILURE() << "the server said nothing for 10 seconds; before: " << buffer_;
    } catch (const Poco::Exception&) {
        buffer_ += "(connection reset)";
    }
    return false;
}

std::string RawClient::readAll() {
    while (readMore()) {
    }
    return std::move(buffer_);
}

std::string RawClient::readResponse() {
    std::size_t end = buffer_.npos;
    while ((end = buffer_.find("\r\n\r\n")) == buffer_.npos)
        if (!readMore()) return std::move(buffer_);
    std::size_t size = end + 4;
    std::string head = buffer_.substr(0, end);
    std::transform(head.begin(), head.end(), head.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    const std::size_t length = head.find("\r\ncontent-length: ");
    if (length != head.npos) size += std::stoul(head.substr(length + 18));
    while (buffer_.size() < size)
        if (!readMore()) return std::move(buffer_);
    std::string response = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return response;
}

std::string converse(const std::string& address, std::string_view bytes) {
    RawClient client(address);
    client.send(bytes);
    return client.readAll();
}

void KeptLog::write(Level, std::string_view event, std::initializer_list<gateway::Field> fields) {
    const std::lock_guard lock(mutex_);
    text_ += event;
    for (const gateway::Field& field : fields)
        text_ += " " + std::string(field.name) + "=" + field.text;
    text_ += "\n";
}

std::string KeptLog::text() const {
    const std::lock_guard lock(mutex_);
    return text_;
}

}  // namespace support
