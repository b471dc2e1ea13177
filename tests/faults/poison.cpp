/// A message on which a map would never end.
#include "scenario.h"
#include "support/mllp_peers.h"

namespace faults {
using namespace std::chrono_literals;

namespace {

/// Whose class is D sends two groups round without end; whose class is W asks for 2^40 steps, none
/// of them deep.
std::string poisonedMap() {
    std::string map = R"(/// url = "https://passerelle.example/fhir/StructureMap/faults-poison"
/// name = "poison"

uses "http://hl7.org/v2/StructureDefinition/ADT_A01" alias In as source
uses "http://hl7.org/v2/StructureDefinition/ADT_A01" alias ADT_A01 as target

group Message(source in : In, target out : ADT_A01) {
  in.MSH as a -> out.MSH as b then Head(a, b) "MSH";
  in.PV1 as a where (`2` = 'D') then Round(in, out) "deep";
  in.PV1 as a where (`2` = 'W') then Level0(in, out) "wide";
}

group Head(source a, target b) {
  a.`3` as v -> b.`3` = v "3";
  a.`9` as v -> b.`9` = v "9";
  a.`10` as v -> b.`10` = v "10";
  a.`11` as v -> b.`11` = v "11";
  a.`12` as v -> b.`12` = v "12";
}

group Round(source in, target out) {
  in where (PV1.`2` = 'D') then Back(in, out) "there";
}

group Back(source in, target out) {
  in where (PV1.`2` = 'D') then Round(in, out) "back";
}
)";
    constexpr int kLevels = 40;
    for (int level = 0; level < kLevels; ++level) {
        const std::string next = "Level" + std::to_string(level + 1);
        map += "\ngroup Level" + std::to_string(level) + "(source in, target out) {\n  in then " +
               next + "(in, out) \"a\";\n  in then " + next + "(in, out) \"b\";\n}\n";
    }
    return map + "\ngroup Level" + std::to_string(kLevels) +
           "(source in, target out) {\n  in.MSH as a -> out.MSH as b \"end\";\n}\n";
}

}  // namespace

void poison(Run& run) {
    const int count = run.pick(2, 10, 200);
    Oracle oracle, others;
    Partner partner(oracle, 0), mapped(others, 0);
    Settings settings;
    settings.more = "mappings: mappings\n";
    World world({&partner, &mapped}, settings);
    world.write("mappings/poison.map", poisonedMap());
    world.write("partners/partner1.yaml",
                "category: hospital\ndestinations:\n  adt: {mllp: {host: 127.0.0.1, port: " +
                    std::to_string(mapped.port()) + "}, codec: hl7v2, map: poison}\n");
    LoadShape shape;
    shape.perSecond = 100;
    Load load(oracle, shape);
    const std::uint16_t port = world.start();
    load.at(port);
    support::Client poisoner(port);
    for (int i = 0; i < count; ++i) {
        const Numbered one{7000 + i, 1};
        std::string body = admissionOf(one, 600);
        body.replace(body.find("PV1|1|I"), 7, i % 2 == 0 ? "PV1|1|D" : "PV1|1|W");
        oracle.sent(one.id(), body);
        if (run.check(poisoner.exchange(body).find("MSA|AA|") != std::string::npos,
                      "poison is not accepted"))
            oracle.acknowledged(one.id());
    }
    const auto held = static_cast<std::uint64_t>(count);
    run.check(within(std::chrono::seconds(20 + count),
                     [&] { return world.deliveriesIn("held") == held; }),
              "what makes the map loop is not held");
    const std::uint64_t before = mapped.received();
    run.check(within(20s, [&] { return mapped.received() > before + 50; }),
              "others are not mapped");
    load.stop();
    run.check(load.refused() == 0 && load.broken() == 0, "others were refused or cut off");
    run.check(within(60s, [&] { return mapped.received() == load.acknowledged(); }),
              "others wait behind the poison");
    run.note(std::to_string(count) + " poisoned messages held, " +
             std::to_string(mapped.received()) + " others mapped, ACK p99 " +
             std::to_string(percentile(load.latencies(), 0.99)).substr(0, 4) + " ms");
    run.finish(world, oracle, load, Run::Duplicates::none);
}

}  // namespace faults
