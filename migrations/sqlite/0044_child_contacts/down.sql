ALTER TABLE embassy_contacts DROP COLUMN sealed_child;
