-- Times are UTC milliseconds. A revision is the place of a change among all changes of all servers.

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Rows are long and uids random: ordered by their age, new ones share pages, and so the writes of those.
CREATE TABLE servers (
    uid            TEXT    PRIMARY KEY,
    name           TEXT    NOT NULL UNIQUE,
    provider       TEXT    NOT NULL,
    state          TEXT    NOT NULL,
    instance_id    TEXT    NOT NULL,
    image          TEXT    NOT NULL,
    region         TEXT    NOT NULL,
    size           TEXT    NOT NULL,
    platform       TEXT    NOT NULL,
    address        TEXT    NOT NULL,
    capacity       INTEGER NOT NULL,
    error          TEXT    NOT NULL,
    labels         TEXT    NOT NULL,
    request_id     TEXT    NOT NULL,
    request_digest TEXT    NOT NULL,
    created        INTEGER NOT NULL,
    updated        INTEGER NOT NULL,
    started        INTEGER,
    stopped        INTEGER,
    version        INTEGER NOT NULL,
    revision       INTEGER NOT NULL,
    added_revision INTEGER NOT NULL,
    create_is_open INTEGER NOT NULL,
    attempts       INTEGER NOT NULL,
    probes         INTEGER NOT NULL,
    deadline       INTEGER,
    wake_at        INTEGER,
    lease_owner    TEXT,
    lease_until    INTEGER
);

CREATE INDEX servers_due ON servers (wake_at) WHERE wake_at IS NOT NULL;
CREATE UNIQUE INDEX servers_request ON servers (request_id) WHERE request_id <> '';

-- What never changes and is large or secret stands apart, so that a change of state writes a small row.
CREATE TABLE credentials (
    uid       TEXT PRIMARY KEY REFERENCES servers (uid) ON DELETE CASCADE,
    secret    TEXT NOT NULL,
    ca_key    BLOB NOT NULL,
    ca_cert   BLOB NOT NULL,
    tls_key   BLOB NOT NULL,
    tls_cert  BLOB NOT NULL,
    user_data TEXT NOT NULL
);

-- No reference to servers: events outlive them.
CREATE TABLE events (
    revision INTEGER PRIMARY KEY,
    uid      TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    time     INTEGER NOT NULL,
    state    TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    message  TEXT    NOT NULL,
    actor    TEXT    NOT NULL
);

CREATE INDEX events_name ON events (name, revision);
CREATE INDEX events_time ON events (time);

-- Purged servers, so that a watch that was away hears of it.
CREATE TABLE deletions (
    revision INTEGER PRIMARY KEY,
    time     INTEGER NOT NULL,
    uid      TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    provider TEXT    NOT NULL,
    labels   TEXT    NOT NULL
);
