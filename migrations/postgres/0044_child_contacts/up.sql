-- Who decided for a child about the contact, by what right, and what the child says; sealed with the identity.
ALTER TABLE embassy_contacts ADD COLUMN sealed_child BYTEA;
