-- Who asked for a server: the name of a caller. Request ids are a caller's own, so that nobody is answered with another's server.

ALTER TABLE servers ADD COLUMN owner TEXT NOT NULL DEFAULT '';
UPDATE servers SET owner = COALESCE(
    (SELECT actor FROM events e WHERE e.name = servers.name AND e.uid = servers.uid AND reason = 'ProvisionRequested' ORDER BY revision LIMIT 1), '');

CREATE INDEX servers_owner ON servers (owner) WHERE stopped IS NULL;
DROP INDEX servers_request;
CREATE UNIQUE INDEX servers_request ON servers (request_id, owner) WHERE request_id <> '';

-- From where an actor called, and with which call; '' for the lifecycle.
ALTER TABLE events ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN request_id TEXT NOT NULL DEFAULT '';

-- Revoked tokens stay: their names are not given again.
CREATE TABLE tokens (
    name    TEXT PRIMARY KEY,
    role    TEXT NOT NULL,
    scope   TEXT NOT NULL,
    hash    BLOB NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    expires INTEGER,
    revoked INTEGER,
    used    INTEGER
) WITHOUT ROWID;
