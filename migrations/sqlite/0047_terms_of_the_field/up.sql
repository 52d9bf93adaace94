-- The field's own words: a person declines contact, the mission declines nothing; a river is crossed, not always swum. Nothing was released
-- under the earlier words, so they are renamed in place.
UPDATE cases SET side_state = 'contact_declined' WHERE side_state = 'mission_declined';
UPDATE cases SET exit_mode = 'crossed_river' WHERE exit_mode = 'escaped_swimming';
UPDATE repatriation_transitions SET from_side_state = 'contact_declined' WHERE from_side_state = 'mission_declined';
UPDATE repatriation_transitions SET to_side_state = 'contact_declined' WHERE to_side_state = 'mission_declined';
