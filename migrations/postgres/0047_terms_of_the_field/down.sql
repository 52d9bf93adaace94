UPDATE repatriation_transitions SET to_side_state = 'mission_declined' WHERE to_side_state = 'contact_declined';
UPDATE repatriation_transitions SET from_side_state = 'mission_declined' WHERE from_side_state = 'contact_declined';
UPDATE cases SET exit_mode = 'escaped_swimming' WHERE exit_mode = 'crossed_river';
UPDATE cases SET side_state = 'mission_declined' WHERE side_state = 'contact_declined';
