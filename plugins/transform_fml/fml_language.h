/// @file  The mapping language as the gateway sees it.
#pragma once

#include "gateway/transformer.h"

namespace fml {

class Language final : public gateway::MapLanguage {
public:
    std::unique_ptr<gateway::Transformer> compile(const std::string& file,
                                                  const gateway::MapSurroundings& around,
                                                  gateway::Findings& findings) const override;
    std::string locate(std::string_view name, const std::string& library) const override;
    std::unique_ptr<gateway::Expression> expression(std::string_view text,
                                                    const gateway::Place& where,
                                                    const gateway::MapSurroundings& around,
                                                    gateway::Findings& findings) const override;
};

}  // namespace fml
