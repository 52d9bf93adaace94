-- What an entry of the history is about. That there are files in a compartment is told to nobody whom it is closed to, and that
-- must be known without opening the entry. Until now it was read from the name of the operation, and is filled in from it here.
ALTER TABLE case_changes ADD COLUMN subject TEXT NOT NULL DEFAULT 'case';
UPDATE case_changes SET subject = 'attachment' WHERE operation IN ('create_attachment', 'put_attachment_content', 'delete_attachment');
