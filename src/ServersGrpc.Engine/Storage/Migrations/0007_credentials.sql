-- When certificates end, and whether that was told. "next_…" is what a running server is to have in place of what it has, until its machine
-- answers with it; empty where nothing was asked for.

ALTER TABLE credentials ADD COLUMN expires INTEGER;
ALTER TABLE credentials ADD COLUMN next_secret BLOB NOT NULL DEFAULT x'';
ALTER TABLE credentials ADD COLUMN next_ca_key BLOB NOT NULL DEFAULT x'';
ALTER TABLE credentials ADD COLUMN next_ca_cert BLOB NOT NULL DEFAULT x'';
ALTER TABLE credentials ADD COLUMN next_tls_key BLOB NOT NULL DEFAULT x'';
ALTER TABLE credentials ADD COLUMN next_tls_cert BLOB NOT NULL DEFAULT x'';
ALTER TABLE credentials ADD COLUMN next_expires INTEGER;
ALTER TABLE servers ADD COLUMN expiry_told INTEGER NOT NULL DEFAULT 0;

-- Until now every certificate was made with its server, for 1,080 days that began 5 minutes before.
UPDATE credentials SET expires = (SELECT created FROM servers WHERE servers.uid = credentials.uid) + 1080 * 86400000 - 300000;
