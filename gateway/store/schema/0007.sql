-- What waits to be picked up (state 6). Its ord is its place among what is offered at its destination, retry_at until when
-- it waits, 0: for ever.
CREATE INDEX delivery_offered ON delivery (destination, ord) WHERE state = 6;
CREATE INDEX delivery_until ON delivery (retry_at) WHERE state = 6 AND retry_at > 0;

-- The lanes beside its own of a delivery whose message has several order keys.
CREATE TABLE other_lane (
    delivery INTEGER NOT NULL,
    lane     INTEGER NOT NULL,
    PRIMARY KEY (delivery, lane)
) STRICT, WITHOUT ROWID;

-- Refusals of one source, newest first.
CREATE INDEX refusal_source ON refusal (source, id);
