-- What is found again by a hash. In a b-tree of hashes each new one lands on a page of its own: the more lies in the store, the
-- more pages each message writes, three and more. So the rows themselves say what is new, memory finds it, and when there is
-- enough of it, it is written in one go, sorted, at the end of these tables: a run (store/hash_index.h). Nothing is filled in
-- here: what no run has is put into runs when the store opens.
DROP INDEX message_repeat;
DROP INDEX message_control;
DROP INDEX delivery_sent;
DROP TABLE subject;

-- Has what the messages from first_message to last_message are found by, and ids in the bytes of deliveries made meanwhile.
-- newest: the last time of acceptance. fences: the first hash of each block, 8 bytes each. filter: which hashes it may have.
CREATE TABLE hash_run (
    run           INTEGER PRIMARY KEY,
    first_message INTEGER NOT NULL,
    last_message  INTEGER NOT NULL,
    newest        INTEGER NOT NULL,
    fences        BLOB,
    filter        BLOB
) STRICT;

-- id: the number of the run times 65536 plus the number of the block. marks: the first 8 bytes of a hash and the row that it leads
-- to (its number times 4, plus 0: repeat_hash, 1: control_hash, 2: one of the subjects, 3: sent_hash of a delivery), 16 bytes
-- each, sorted.
CREATE TABLE hash_block (
    id    INTEGER PRIMARY KEY,
    marks BLOB
) STRICT;

-- Marks out of order, one by one: the number of a delivery was given long before the delivery was made.
CREATE TABLE hash_single (
    hash INTEGER NOT NULL,
    row  INTEGER NOT NULL,
    PRIMARY KEY (hash, row)
) STRICT, WITHOUT ROWID;

-- What is in flight changes as often as what is queued: memory knows it.
DROP INDEX delivery_state;
CREATE INDEX delivery_state ON delivery (state, message) WHERE state >= 2;
