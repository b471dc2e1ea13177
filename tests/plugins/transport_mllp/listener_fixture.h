/// @file  A listener of the shipped plugin before a gateway that stores nothing.
#pragma once

#include "fakes.h"

namespace fakes {

class MllpListenerTest : public testing::Test {
protected:
    ~MllpListenerTest() override {
        gateway_.inbox().open();
        if (listener_) listener_->stop(5s);
        EXPECT_THAT(gateway_.log().text(), testing::Not(testing::HasSubstr("INVENTED")));
    }
    void make(Options options = {}) {
        options.emplace_back("listen", support::scalar("127.0.0.1:0"));
        listener_ = plugins_.listener("mllp", support::map(std::move(options)));
    }
    /// With one source.
    void start(Options options = {}, const gateway::SourceOptions& source = {"adt"}) {
        make(std::move(options));
        serve(*listener_, source);
        listener_->start(gateway_);
    }
    std::string exchange(const std::string& message) {
        Client client(listener_->address());
        client.send(mllp::framed(message));
        return client.frame().value_or("none");
    }
    fakes::Inbox& inbox() { return gateway_.inbox(); }

    support::Plugins plugins_{{"transport_mllp"}};
    fakes::Gateway gateway_;
    std::unique_ptr<gateway::Listener> listener_;
};

}  // namespace fakes
