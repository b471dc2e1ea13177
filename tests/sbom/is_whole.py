"""scripts/sbom: valid, every linked library in it, every reference known. Needs dpkg; skipped elsewhere."""
import json
import pathlib
import re
import shutil
import subprocess
import sys

source, build = map(pathlib.Path, sys.argv[1:3])
if not shutil.which("dpkg-query"):
    print("no dpkg here")
    sys.exit(77)

made = subprocess.run([source / "scripts/sbom", build], capture_output=True, text=True, check=True)
bom = json.loads(made.stdout)
assert (bom["bomFormat"], bom["specVersion"], bom["version"]) == ("CycloneDX", "1.5", 1)
assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bom["serialNumber"])
components = {one["bom-ref"]: one for one in bom["components"]}
assert len(components) == len(bom["components"]), "a reference stands there twice"

for one in bom["components"]:
    assert one["type"] in ("application", "library") and one["name"], one
    for each in one.get("hashes", []):
        assert re.fullmatch(r"[0-9a-f]{64}", each["content"]), one
    if one["bom-ref"].startswith("deb:"):
        known = subprocess.run(["dpkg-query", "-W", "-f=${Version}", one["name"]], capture_output=True, text=True, check=True).stdout
        assert one["version"] == known and one["purl"].startswith("pkg:deb/debian/" + one["name"] + "@"), one

known = set(components) | {"passerelle"}
for one in bom["dependencies"]:
    assert one["ref"] in known, one["ref"]
    assert set(one["dependsOn"]) <= known, set(one["dependsOn"]) - known

named = {value["value"].split(" ")[0] for one in bom["components"] for value in one.get("properties", []) if value["name"] == "file"}
named |= {one["name"] + ".so" for one in bom["components"]} | {"libgateway.so"}
plugins = sorted((build / "plugins").glob("*.so"))
assert plugins
for file in [build / "passerelle", *plugins]:
    assert f"passerelle:{file.name}" in components, file
    # Asked of the file itself, not of the loader, which scripts/sbom asks.
    needs = re.findall(r"\(NEEDED\).*\[(.+)\]", subprocess.run(["readelf", "-d", file], capture_output=True, text=True, check=True).stdout)
    assert needs, file
    for soname in needs:
        assert soname in named or soname.startswith("libgateway.so"), f"{file.name} needs {soname}, which stands nowhere"

openssl = components["deb:libssl3"]
assert openssl["licenses"], "the licence of OpenSSL is machine-readable in Debian"
assert any("Boost" in p["value"] for one in bom["components"] for p in one.get("properties", [])), "what is compiled in is missing"
print(f"{len(components)} components, {sum(1 for one in components.values() if one.get('licenses'))} with licences")
