-- Which act an export belongs to: one of names and one of audit entries are fetched at addresses of their own.
ALTER TABLE exports ADD COLUMN action TEXT NOT NULL DEFAULT 'export_identifiable';
-- A machine client whose acts are odd.
ALTER TABLE data_protection_events ADD COLUMN client_id UUID;
