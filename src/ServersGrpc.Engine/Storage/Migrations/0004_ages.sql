-- Since when a server is in its state, and since when the outcome of its create is unknown. Of servers of before, the last change is as much as
-- is known.

ALTER TABLE servers ADD COLUMN entered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE servers ADD COLUMN opened INTEGER;
UPDATE servers SET entered = updated, opened = CASE WHEN create_is_open THEN updated END;
