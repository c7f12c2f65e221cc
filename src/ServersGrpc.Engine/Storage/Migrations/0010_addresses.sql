-- An address that is known before its server is made is given to one server at a time.
CREATE INDEX servers_address ON servers (address) WHERE stopped IS NULL AND address <> '';
