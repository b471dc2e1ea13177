-- Retention. What was not finished when its turn came to be taken away: looked at again.
-- stage: 1 bodies, 2 all but the proof line. How far a source is stands in meta ("purged-STAGE-SOURCE").
CREATE TABLE kept_back (
    stage   INTEGER NOT NULL,
    source  INTEGER NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (stage, source, message)
) STRICT, WITHOUT ROWID;
