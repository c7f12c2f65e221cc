-- Secrets are encrypted, each for its place alone: seal(uid, column, value) is the program's. What is public stays as it is.

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
    SELECT uid, seal(uid, 'secret', secret), seal(uid, 'ca_key', ca_key), ca_cert, seal(uid, 'tls_key', tls_key), tls_cert,
        seal(uid, 'user_data', user_data)
    FROM credentials;

DROP TABLE credentials;
ALTER TABLE sealed RENAME TO credentials;

-- Where there was a database before, its file and log hold traces of what was plain, of servers that are long gone too.
INSERT INTO settings (key, value) SELECT 'plain_traces', 'true' WHERE EXISTS (SELECT 1 FROM settings);
INSERT INTO settings (key, value) VALUES ('key_check', hex(seal('', 'check', 'servers')));
