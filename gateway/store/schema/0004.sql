-- What people ask and decide. control_hash: of the id that its sender gave a message.
-- event of message 0: what was done to the gateway itself, 48 paused and 49 resumed (the end, why, by whom).
-- Event 36: what a partner answered to a try that did not deliver (summary, its own words).
ALTER TABLE message ADD COLUMN control_hash BLOB;
CREATE INDEX message_control ON message (control_hash) WHERE control_hash IS NOT NULL;

CREATE TABLE pause (
    end    TEXT PRIMARY KEY,
    source INTEGER NOT NULL,
    event  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
