-- The register. facts: what the policy wants to know again of a plan, sealed like the words of a timeline, bound to the id.
-- subjects, labels: what it is found by, hashes side by side; plan_subject has both. message: that made the entry as it is, NULL
-- for one from before; revision: how many times it was changed.
CREATE TABLE plan_2 (
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE,
    ord        INTEGER NOT NULL,
    network    TEXT NOT NULL,
    edition    TEXT NOT NULL,
    state      TEXT NOT NULL,
    due        INTEGER,
    due_reason TEXT,
    barred     BLOB,
    facts      ANY,
    subjects   BLOB,
    labels     BLOB,
    message    INTEGER,
    changed_at INTEGER NOT NULL,
    revision   INTEGER NOT NULL
) STRICT;
INSERT INTO plan_2 (key, ord, network, edition, state, due, due_reason, barred, subjects, changed_at, revision)
    SELECT key, ord, network, edition, state, due, due_reason, barred, subjects, 0, 1 FROM plan;
DROP TABLE plan;
ALTER TABLE plan_2 RENAME TO plan;
CREATE INDEX plan_due ON plan (due) WHERE due IS NOT NULL;
CREATE INDEX plan_network ON plan (network, key);

-- What still waits of a plan; costs nothing where there is none.
CREATE INDEX delivery_plan ON delivery (plan) WHERE open = 1 AND plan IS NOT NULL;
