/// @file  The mapping language as the gateway sees it: FHIR Mapping Language R5, with the spellings
/// of R3 and R4. What the specification leaves open is settled so:
///   - a null, or an empty array, is as absent: no rule runs on it;
///   - FHIRPath in a target has the rule's source as focus; bare names are variables first;
///   - a failing `check` is told to people in the words of the source's `log`, else of the rule's
///     name, where "français | English" gives both languages; `log` itself takes only a text, since
///     reports never show values found;
///   - an element that the model lets stand once is made once and then reused; others, and all of
///     trees without a model, are made anew each time unless `share` or `single` (R4: `collate`),
///     which reuse the first; `first` and `last` say where the items of their rule go in the list;
///   - `collate` writes a single value as an array where no model says so;
///   - `tgt.a.b = v` is `tgt.a as x, x.b = v`; parameters of transforms may be any expression;
///   - what a date, a number or a boolean of the model cannot hold is an issue; an empty text there
///     is nothing;
///   - dates of toDateTime() without an offset are of the context's zone;
///   - uuid() counts on from the context's seed, uuid(text) is the same for the same text;
///   - `src.a -> tgt.b` goes by the default group of both types, without one it is a deep copy;
///   - a target, call or group whose variable was not found or made does nothing.
#pragma once

#include "gateway/transformer.h"

namespace fml {

class Language final : public gateway::MapLanguage {
public:
    std::unique_ptr<gateway::Transformer> compile(const std::string& file,
                                                  const gateway::MapSurroundings& around,
                                                  gateway::Findings& findings) const override;
    bool overrides(const std::string& file, const gateway::MapSurroundings& around) const override;
    std::string locate(std::string_view name, const std::string& library) const override;
    std::vector<std::string> maps(const std::string& library) const override;
    std::unique_ptr<gateway::Expression> expression(std::string_view text,
                                                    const gateway::Place& where,
                                                    const gateway::MapSurroundings& around,
                                                    gateway::Findings& findings) const override;
};

}  // namespace fml
