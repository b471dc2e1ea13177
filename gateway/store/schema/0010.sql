-- What the audit has still to write (store/happenings.h): of each commit one row, taken away once it is durable there. id: rises with
-- each commit; life: of the process that wrote it, since a store that was put back from a copy gives numbers again. bytes: packed,
-- names as numbers of the table name; ids, names of the configuration, numbers of plans, addresses of peers, and no more.
CREATE TABLE happened (
    id    INTEGER PRIMARY KEY,
    life  INTEGER NOT NULL,
    at    INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
