"""read_metrics.py FILE: has Prometheus' own parser read what a gateway tells, and looks whether it is what was meant."""
import sys

from prometheus_client.parser import text_string_to_metric_families

families = {one.name: one for one in text_string_to_metric_families(open(sys.argv[1], encoding="utf-8").read())}


def value(family, suffix="", **labels):
    found = [s.value for s in families[family].samples if s.name == family + suffix and s.labels == labels]
    assert len(found) == 1, (family, suffix, labels, families[family].samples)
    return found[0]


assert len(families) > 35, sorted(families)
for name, family in families.items():
    assert family.documentation, name
    assert family.type in ("counter", "gauge", "histogram"), (name, family.type)
assert value("passerelle_ready") == 1
assert value("passerelle_deliveries", destination="chu/adt", state="delivered") == 1
assert value("passerelle_reconciliation_gap", end="files", kind="source") == 0
assert value("passerelle_breaker_open", destination="chu/adt") == 0
assert value("passerelle_store_writable") == 1
assert value("process_resident_memory_bytes") > 1e6
assert value("process_cpu_seconds", "_total") > 0
buckets = [s for s in families["passerelle_commit_seconds"].samples if s.name.endswith("_bucket")]
assert [s.value for s in buckets] == sorted(s.value for s in buckets)
assert buckets[-1].labels["le"] == "+Inf" and buckets[-1].value == value("passerelle_commit_seconds", "_count") > 0
assert value("passerelle_alerts_open", kind="silence") == 1
