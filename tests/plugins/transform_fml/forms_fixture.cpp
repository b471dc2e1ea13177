#include "forms_fixture.h"

#include <fstream>
#include <iterator>

#include "support/places.h"
#include "support/plugins.h"

namespace forms {

namespace fs = std::filesystem;

const char* const kEveryConstruct = R"MAP(// For tests alone
// of forms.
/// url = "https://passerelle.example/fhir/StructureMap/every"
/// name = 'Every'
/// title = "L'usager \"et\" \\ son plan"
/// status = draft
/// experimental = true
/// version = 1.50
/// contact.name = 'Somebody'
/// description = """
Two lines
  of 'text'
"""
/// empty =

// what the two codes are
conceptmap "#states" {
  prefix a = "https://passerelle.example/fhir/CodeSystem/a"
  prefix b = "https://passerelle.example/fhir/CodeSystem/b"
  prefix a2 = "https://passerelle.example/fhir/CodeSystem/a2"
  unmapped for a = provided
  a:one == b:"1"
  a:"two words" = b:two
  a:three - b:"3;3";
  a:four <= b:four
  a:five >= b:five
  a2:nothing !=
  a2:"n/a" != b:other
  a2:last !=
}

conceptMap "none" {
  prefix s = "urn:none"
}

uses "https://passerelle.example/fhir/StructureDefinition/In" alias In as source // what comes in
uses "https://passerelle.example/fhir/StructureDefinition/Asked" as queried
uses "https://passerelle.example/fhir/StructureDefinition/Out" alias `My Out` as target
uses "https://passerelle.example/fhir/StructureDefinition/Made" as produced

imports "https://passerelle.example/fhir/StructureMap/*"

let zone = 'Europe/' + ("Paris");
let many = (1 | 2).first();

/* What it is about:
 * a block of two lines */
group Main(source src : In, source `other one`, target tgt : `My Out`, target then)
  extends Base <<types>> {
  src; // nothing at all
  // a copy
  src.a -> tgt.b;
  src.a.b.`odd name` : string 0..* default "it's \"x\"" not_first as v where v.length() > 1 and (v != 'x')
    check v.exists() log 'seen' -> tgt.c = v "named";
  src.n : Quantity 1..2 default ('a') only_one as q where (q.value
      > 1 // first
      and /* second */ true) check ((q.unit) = 'kg') log ("text") -> tgt.q = q;
  src.l last as l, src.m first as m, src.o not_last as o where (l) = (m) -> tgt.x as x share one, tgt.y first, tgt.z = 'z' last, tgt.w = -5 single,
    tgt.d = 1.50 collate, tgt.e = true, tgt.f = false as f, tgt.g = "wide", tgt.h = src.a.b, tgt.i = (src.a & '(' ) as i,
    (src.a.count()) as j, create('Patient') as p, uuid() as u, tgt.k = uuid(), tgt.`default` = `then`;
  src as s -> tgt.t = append('a', s, 1, true, (s.x + 1), s.y.z, "b\n\tc"),
    tgt.tr = translate(s, '#states', 'code'), tgt.c1 = c('sys', s), tgt.cc1 = cc('sys', s, 'text'), tgt.id1 = id('sys', s),
    tgt.qty1 = qty('1 kg'), tgt.cp1 = cp(s), tgt.ref = reference(s), tgt.ptr = pointer(s), tgt.cast1 = cast(s, 'string'), tgt.trunc = truncate(s, 10),
    tgt.ev = evaluate(s, 'a.b'), tgt.esc = escape(s, 'xml'), tgt.do = dateOp(s, 'x'), tgt.copy2 = copy(s), tgt.empty = ''
    then Other(s, 'text', 2, -1.5, false, (s.a), tgt), Base(s, tgt) {
      // inside
      s.a as a then {
        a -> tgt.deep = a "deepest, with ; and \"quotes\"";
        // only a comment ends this
      };
      s.b then Other(a, tgt);
    } "outer";
  src.`group` as `group` -> tgt.`group` = `group`;
  // src.todo -> tgt.todo;
}

group Base(source src, target tgt) <<type+>> {
}

group Old(source src : In, target tgt : `My Out`) for types {
  src.a then { };
}
group Older(source src : In, target tgt : `My Out`) for type+types {
}
// the end
)MAP";

std::string contentOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> filesBelow(const fs::path& folder, const std::string& extension) {
    std::vector<fs::path> files;
    for (fs::recursive_directory_iterator at(folder), end; at != end; ++at) {
        if (at->path().filename() == "node_modules") at.disable_recursion_pending();
        if (at->path().extension() == extension) files.push_back(at->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<fs::path> allMaps() {
    std::vector<fs::path> folders = {fs::path(support::kSourceDir) / "mappings",
                                     fs::path(support::kSourceDir) / "tests"};
    const std::string corpus = support::corpus();
    if (!corpus.empty()) folders.emplace_back(corpus);
    std::vector<fs::path> files;
    for (const fs::path& folder : folders)
        for (const char* const extension : {".map", ".fml"})
            for (const fs::path& file : filesBelow(folder, extension)) files.push_back(file);
    return files;
}

}  // namespace forms
