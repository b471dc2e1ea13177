-- Reconciliation. tally, kinds that only grow: 3 messages accepted from a source, 4 recipients intended of a destination,
-- 5 left out of a partner (name 0: of nobody in the directory), 6 those of them that retention took away.
-- meta "left-out-from": the last event before they were counted.
INSERT INTO tally SELECT 3, source, 0, count(*) FROM message GROUP BY source;
INSERT INTO tally SELECT 4, destination, 0, count(*) FROM delivery GROUP BY destination;
INSERT INTO meta SELECT 'left-out-from', coalesce(max(id), 0) FROM event;
-- Short texts that the gateway itself keeps (gateway/include/gateway/notebook.h).
CREATE TABLE note (
    key  TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
