-- "placements" is JSON, [[region, size], …]: where a server may be made, in the order of preference; [] where it has no alternatives.
-- "absent_since" tells since when its provider has said, look after look, that the instance is not there.

ALTER TABLE servers ADD COLUMN placements TEXT NOT NULL DEFAULT '[]';
ALTER TABLE servers ADD COLUMN absent_since INTEGER;

-- Each provider has its share of the work, so each is asked for its due servers.
DROP INDEX servers_due;
CREATE INDEX servers_due ON servers (provider, wake_at) WHERE wake_at IS NOT NULL;
