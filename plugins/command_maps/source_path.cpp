#include "source_path.h"

#include <algorithm>

#include "words.h"

namespace maps {
namespace {

using gateway::Error;
using gateway::Fault;
using gateway::say;

[[noreturn]] void wrong(std::string_view step) {
    throw Error(Fault::unsupported, "",
                say("found '{0}', expected names with '/' between them, as in "
                    "plans[]/goals[]/state; [] after what is repeated, [name=value] for some of "
                    "them",
                    "trouvé « {0} », attendu des noms séparés par « / », comme "
                    "plans[]/objectifs[]/etat ; [] après ce qui se répète, [nom=valeur] pour n'en "
                    "prendre que certains",
                    {std::string(step)}));
}

Step stepOf(std::string_view text) {
    Step step;
    const auto open = text.find('[');
    step.name = trimmed(text.substr(0, open));
    if (step.name.empty()) wrong(text);
    while (open != text.npos) {
        std::string_view rest = text.substr(open);
        while (!rest.empty()) {
            const auto close = rest.find(']');
            if (!rest.starts_with('[') || close == rest.npos) wrong(text);
            const std::string_view inside = trimmed(rest.substr(1, close - 1));
            rest = trimmed(rest.substr(close + 1));
            if (inside.empty()) {
                step.repeated = true;
                continue;
            }
            const auto equals = inside.find('=');
            if (equals == inside.npos || !step.filter.empty()) wrong(text);
            step.filter = split(inside.substr(0, equals), '.');
            step.wanted = trimmed(inside.substr(equals + 1));
            if (step.filter.empty()) wrong(text);
        }
        break;
    }
    return step;
}

/// Cut at each '/' that stands outside of brackets.
Steps stepsOf(std::string_view text) {
    Steps steps;
    text = trimmed(text);
    if (text.starts_with('/')) text.remove_prefix(1);
    for (std::size_t from = 0, at = 0, depth = 0; at <= text.size(); ++at) {
        const char c = at == text.size() ? '/' : text[at];
        depth += c == '[' ? 1U : 0U;
        depth -= c == ']' && depth ? 1U : 0U;
        if (c != '/' || (depth && at < text.size())) continue;
        steps.push_back(stepOf(trimmed(text.substr(from, at - from))));
        from = at + 1;
    }
    return steps;
}

}  // namespace

SourcePath parseSourcePath(std::string_view text) {
    SourcePath path;
    text = trimmed(text);
    if (text.empty()) return path;
    std::vector<Steps> all;
    path.spaced.push_back(false);
    for (std::size_t from = 0;;) {
        const std::size_t end =
            std::min({text.find(" + ", from), text.find(" & ", from), text.size()});
        all.push_back(stepsOf(text.substr(from, end - from)));
        if (end == text.size()) break;
        path.spaced.push_back(text[end + 1] == '+');
        from = end + 3;
    }
    if (all.size() == 1) {
        path.steps = std::move(all.front());
        path.spaced.clear();
        return path;
    }
    path.steps = all.front();
    path.steps.pop_back();
    for (const Steps& one : all)
        while (!beginsWith(one, path.steps) || one.size() == path.steps.size())
            path.steps.pop_back();
    for (const Steps& one : all) {
        path.joined.emplace_back(one.begin() + static_cast<std::ptrdiff_t>(path.steps.size()),
                                 one.end());
        if (repeats(path.joined.back()))
            throw Error(Fault::unsupported, "",
                        {"found values joined that are repeated apart, expected them in one place",
                         "des valeurs répétées chacune de son côté ne se joignent pas ; elles "
                         "doivent être au même endroit"});
    }
    return path;
}

std::string toText(const Steps& steps) {
    std::string text;
    for (const Step& step : steps) {
        if (!text.empty()) text += '/';
        text += step.name;
        if (step.repeated) text += "[]";
        if (step.filter.empty()) continue;
        text += '[';
        for (std::size_t i = 0; i < step.filter.size(); ++i)
            text += (i ? "." : "") + step.filter[i];
        text += "=" + step.wanted + "]";
    }
    return text;
}

bool beginsWith(const Steps& whole, const Steps& front) {
    return front.size() <= whole.size() && std::equal(front.begin(), front.end(), whole.begin());
}

bool repeats(const Steps& steps) {
    return std::any_of(steps.begin(), steps.end(), [](const Step& step) { return step.repeated; });
}

}  // namespace maps
