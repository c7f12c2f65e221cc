-- The trace context of the request that asked for what the lifecycle is doing, so that its steps link to it, after a restart too.
ALTER TABLE servers ADD COLUMN cause TEXT NOT NULL DEFAULT '';
