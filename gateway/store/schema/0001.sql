-- Times are UTC milliseconds since 1970. Names (sources, partners, destinations, …) are numbers of
-- the table name. Hashes are HMAC-SHA-256 under the key in meta, cut to 16 bytes (lanes: 8).

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;

CREATE TABLE name (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

-- open is 1 while the message is received or held, else NULL.
-- flags: 1 held and its order keys wait, 2 replayed.
CREATE TABLE message (
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
    facts        BLOB,
    reason_en    TEXT,
    reason_fr    TEXT
) STRICT;
CREATE INDEX message_repeat ON message (repeat_hash) WHERE repeat_hash IS NOT NULL;
CREATE INDEX message_open ON message (seq) WHERE open = 1;

CREATE TABLE subject (
    hash    BLOB NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (hash, message)
) STRICT, WITHOUT ROWID;

-- id is the number of the body times 65536 plus the number of the chunk (1 MiB at most each).
-- key_id 0: not sealed. encoding 0: plain, 1: zstd.
CREATE TABLE body (
    id       INTEGER PRIMARY KEY,
    key_id   INTEGER NOT NULL,
    encoding INTEGER NOT NULL,
    bytes    BLOB NOT NULL
) STRICT;

-- open is 1 until it is delivered or closed. ord is its place in the lane.
-- flags: 1 uncertain and a person decides, 2 set aside and the lane waits, 4 to be made again,
-- 8 queued when it was made, 16 and 32 accepted or refused by its partner apart from the answer
-- that settled it, 64 somebody's word on it was not applied. sent_hash: of the id in its bytes, NULL when that is its own id.
CREATE TABLE delivery (
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
    answer_summary TEXT,
    control_id     TEXT,
    sent_hash      BLOB,
    plan           TEXT,
    edition        TEXT,
    reason_en      TEXT,
    reason_fr      TEXT
) STRICT;
CREATE INDEX delivery_message ON delivery (message);
CREATE INDEX delivery_sent ON delivery (sent_hash) WHERE sent_hash IS NOT NULL;
CREATE INDEX delivery_open ON delivery (ord) WHERE open = 1;

-- what: a message's state, 16 + a delivery's state, 32 left-out, 33 note, 34 replay, 35 repeat.
-- "received" and a new delivery's "queued" stand in their own rows and have no event.
CREATE TABLE event (
    message  INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    delivery INTEGER,
    at       INTEGER NOT NULL,
    what     INTEGER NOT NULL,
    partner  TEXT,
    en       TEXT,
    fr       TEXT,
    PRIMARY KEY (message, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE refusal (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    source  INTEGER NOT NULL,
    peer    TEXT,
    control BLOB,
    fault   INTEGER NOT NULL,
    place   TEXT
) STRICT;

CREATE TABLE plan (
    key        TEXT PRIMARY KEY,
    ord        INTEGER NOT NULL,
    network    TEXT NOT NULL,
    edition    TEXT NOT NULL,
    state      TEXT NOT NULL,
    due        INTEGER,
    due_reason TEXT,
    barred     BLOB,
    subjects   BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_due ON plan (due) WHERE due IS NOT NULL;

CREATE TABLE plan_subject (
    hash BLOB NOT NULL,
    key  TEXT NOT NULL,
    PRIMARY KEY (hash, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_receipt (
    key      TEXT NOT NULL,
    delivery INTEGER NOT NULL,
    partner  TEXT NOT NULL,
    edition  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (key, delivery)
) STRICT, WITHOUT ROWID;

-- How many: kind 0 messages of a source, 1 deliveries of a destination, by state; 2 since ever:
-- refused, repeats, left out (name 0).
CREATE TABLE tally (
    kind  INTEGER NOT NULL,
    name  INTEGER NOT NULL,
    state INTEGER NOT NULL,
    n     INTEGER NOT NULL,
    PRIMARY KEY (kind, name, state)
) STRICT, WITHOUT ROWID;
