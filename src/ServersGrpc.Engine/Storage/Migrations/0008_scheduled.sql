-- When wake_at was set. Where that lies ahead, the clock was set back since, and wake_at means nothing. Of servers of before it is not known:
-- all are looked at once.
ALTER TABLE servers ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;
UPDATE servers SET scheduled = max(updated, ifnull(wake_at, 0));
