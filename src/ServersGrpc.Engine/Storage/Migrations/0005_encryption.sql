-- Secrets are encrypted, each for its place alone: seal(uid, column, value) is the program's. What is public stays as it is. No bytes come out
-- of such a function as NULL.

CREATE TABLE sealed (
    uid       TEXT PRIMARY KEY REFERENCES servers (uid) ON DELETE CASCADE,
    secret    BLOB NOT NULL,
    ca_key    BLOB NOT NULL,
    ca_cert   BLOB NOT NULL,
    tls_key   BLOB NOT NULL,
    tls_cert  BLOB NOT NULL,
    user_data BLOB NOT NULL
);

INSERT INTO sealed (uid, secret, ca_key, ca_cert, tls_key, tls_cert, user_data)
    SELECT uid, ifnull(seal(uid, 'secret', secret), x''), ifnull(seal(uid, 'ca_key', ca_key), x''), ca_cert,
        ifnull(seal(uid, 'tls_key', tls_key), x''), tls_cert, ifnull(seal(uid, 'user_data', user_data), x'')
    FROM credentials;

DROP TABLE credentials;
ALTER TABLE sealed RENAME TO credentials;

-- Where there was a database before, its file and log hold traces of what was plain, of servers that are long gone too.
INSERT INTO settings (key, value) SELECT 'plain_traces', 'true' WHERE EXISTS (SELECT 1 FROM settings);
INSERT INTO settings (key, value) VALUES ('key_check', hex(seal('', 'check', 'servers')));
