-- The history remembers what each change made of its server, so that a watch that was away is told every change, not only the last.
-- "change" is Added, Modified or Deleted; of several events of one change only the last has it. "after" is JSON: what changes in a
-- server's life, and of a purged one everything that is not secret.

ALTER TABLE events ADD COLUMN change TEXT;
ALTER TABLE events ADD COLUMN after TEXT;

CREATE INDEX events_deleted ON events (uid) WHERE change = 'Deleted';

DROP TABLE deletions;
ALTER TABLE servers DROP COLUMN added_revision;

-- What was not remembered so can't be told.
INSERT INTO settings (key, value) SELECT 'forgotten_revision', value FROM settings WHERE key = 'revision'
    ON CONFLICT (key) DO UPDATE SET value = excluded.value;
