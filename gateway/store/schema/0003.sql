-- Sealing. A column of type ANY below holds a value as TEXT when it is not sealed, and as BLOB when it is (store/seal.h).
-- words: a sentence in English and French, with a zero byte between; of an event the partner's name before them.
-- body.key_id is the number of the key, 0: not sealed. encoding has 2 added when 8 bytes of checksum follow the bytes.

CREATE TABLE message_2 (
    seq          INTEGER PRIMARY KEY,
    state        INTEGER NOT NULL,
    open         INTEGER,
    flags        INTEGER NOT NULL DEFAULT 0,
    source       INTEGER NOT NULL,
    codec        INTEGER NOT NULL,
    config       INTEGER,
    received_at  INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    size         INTEGER NOT NULL,
    body         INTEGER,
    type         TEXT,
    order_keys   BLOB,
    subjects     BLOB,
    repeat_hash  BLOB,
    content_hash BLOB,
    facts        ANY,
    words        ANY
) STRICT;
INSERT INTO message_2
    SELECT seq, state, open, flags, source, codec, config, received_at, changed_at, size, body, type, order_keys, subjects,
           repeat_hash, content_hash, CAST(facts AS TEXT),
           CASE WHEN reason_en IS NULL THEN NULL ELSE reason_en || char(0) || coalesce(reason_fr, '') END
    FROM message;
DROP TABLE message;
ALTER TABLE message_2 RENAME TO message;
CREATE INDEX message_repeat ON message (repeat_hash) WHERE repeat_hash IS NOT NULL;
CREATE INDEX message_open ON message (seq) WHERE open = 1;
CREATE INDEX message_state ON message (state, seq) WHERE state >= 1;
CREATE INDEX message_source ON message (source, seq);

CREATE TABLE delivery_2 (
    id             INTEGER PRIMARY KEY,
    message        INTEGER NOT NULL,
    state          INTEGER NOT NULL,
    open           INTEGER,
    flags          INTEGER NOT NULL,
    ord            INTEGER NOT NULL,
    lane           INTEGER NOT NULL,
    partner        INTEGER NOT NULL,
    destination    INTEGER NOT NULL,
    media          INTEGER,
    extension      INTEGER,
    map            INTEGER,
    attempts       INTEGER NOT NULL DEFAULT 0,
    queued_at      INTEGER NOT NULL,
    changed_at     INTEGER NOT NULL,
    retry_at       INTEGER NOT NULL DEFAULT 0,
    size           INTEGER NOT NULL,
    body           INTEGER,
    answer_body    INTEGER,
    answer_summary ANY,
    control_id     TEXT,
    sent_hash      BLOB,
    plan           TEXT,
    edition        TEXT,
    words          ANY
) STRICT;
INSERT INTO delivery_2
    SELECT id, message, state, open, flags, ord, lane, partner, destination, media, extension, map, attempts, queued_at,
           changed_at, retry_at, size, body, answer_body, answer_summary, control_id, sent_hash, plan, edition,
           CASE WHEN reason_en IS NULL THEN NULL ELSE reason_en || char(0) || coalesce(reason_fr, '') END
    FROM delivery;
DROP TABLE delivery;
ALTER TABLE delivery_2 RENAME TO delivery;
CREATE INDEX delivery_message ON delivery (message);
CREATE INDEX delivery_sent ON delivery (sent_hash) WHERE sent_hash IS NOT NULL;
CREATE INDEX delivery_open ON delivery (ord) WHERE open = 1;
CREATE INDEX delivery_state ON delivery (state, message) WHERE state >= 1;
CREATE INDEX delivery_partner ON delivery (partner, message);

CREATE TABLE event_2 (
    message  INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    delivery INTEGER,
    at       INTEGER NOT NULL,
    what     INTEGER NOT NULL,
    words    ANY,
    PRIMARY KEY (message, id)
) STRICT, WITHOUT ROWID;
INSERT INTO event_2
    SELECT message, id, delivery, at, what,
           CASE WHEN coalesce(partner, en, fr) IS NULL THEN NULL
                ELSE coalesce(partner, '') || char(0) || coalesce(en, '') || char(0) || coalesce(fr, '') END
    FROM event;
DROP TABLE event;
ALTER TABLE event_2 RENAME TO event;
