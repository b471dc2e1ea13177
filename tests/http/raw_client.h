/// @file  A peer that sends whatever bytes a test gives, over TCP or a unix-domain socket.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <mutex>
#include <string>
#include <string_view>

#include "gateway/log.h"

namespace support {

class RawClient {
public:
    /// @param address  "127.0.0.1:port" or the path of a unix-domain socket
    /// @param from  the address of this machine that it comes from: "127.0.0.2"
    explicit RawClient(const std::string& address, const std::string& from = {});

    void send(std::string_view bytes);
    /// Says that nothing more will come.
    void endSending();
    /// Everything until the server closes; fails the test after 10 seconds.
    std::string readAll();
    /// One response with its body by Content-Length, or what came before the server closed.
    std::string readResponse();

private:
    bool readMore();

    Poco::Net::StreamSocket socket_;
    std::string buffer_;
};

/// Sends, reads until the server closes.
std::string converse(const std::string& address, std::string_view bytes);

/// Keeps the lines of the log.
class KeptLog final : public gateway::Log {
public:
    void write(Level level, std::string_view event,
               std::initializer_list<gateway::Field> fields) override;
    std::string text() const;

private:
    mutable std::mutex mutex_;
    std::string text_;
};

}  // namespace support
