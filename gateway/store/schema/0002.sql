-- What lists are asked for, newest first, however much waits: each row is added at an end that is in
-- memory, so that it costs accept and delivery little. What is queued (0) changes too often.
CREATE INDEX message_state ON message (state, seq) WHERE state >= 1;
CREATE INDEX message_source ON message (source, seq);
CREATE INDEX delivery_state ON delivery (state, message) WHERE state >= 1;
CREATE INDEX delivery_partner ON delivery (partner, message);
